import { describe, expect, it } from "vitest";
import { parseStreamTarget, programmeOf, stationOf } from "./stream-target.ts";

describe("what a client asks for", () => {
  it.each([
    ["ffmpeg and OBS, who put the key on the stream", "live", "rtmp://host/live", "demo?key=k1"],
    ["an encoder with the query on the application", "live?key=k1", "rtmp://host/live?key=k1", "demo"],
    ["an encoder with the query on the URL only", "live", "rtmp://host/live?key=k1", "demo"],
    ["a server address that ends with a slash", "live/", "rtmp://host/live/", "demo?x=y&key=k1"],
    ["a stream that begins with a slash", "live", "rtmp://host/live", "/demo?key=k1"],
  ])("is found for %s", (_, app, tcUrl, name) => {
    expect(parseStreamTarget(app, tcUrl, name)).toEqual({ app: "live", name: "demo", key: "k1" });
  });

  it("takes the key nearest to the stream, and none that is empty or boundless", () => {
    expect(parseStreamTarget("live?key=far", "", "demo?key=near").key).toBe("near");
    expect(parseStreamTarget("live", "", "demo?key=").key).toBeNull();
    expect(parseStreamTarget("live", "", `demo?key=${"k".repeat(257)}`).key).toBeNull();
  });

  it("is a station only in the application live and under a station's name", () => {
    const target = { app: "live", name: "demo", key: null };
    expect(stationOf(target)).toEqual({ station: "demo" });
    for (const wrong of [{ app: "radiodream" }, { app: "" }, { name: "De mo" }, { name: "" }, { name: "../demo" }]) {
      expect(stationOf({ ...target, ...wrong })).toHaveProperty("reason");
    }
  });

  it("is a programme only in the application radiodream and under a name that paths may have", () => {
    const target = { app: "radiodream", name: "demo_aac-128k", key: null };
    expect(programmeOf(target)).toBe("/radiodream/demo_aac-128k");
    for (const wrong of [{ app: "live" }, { name: "li!ve" }, { name: "" }, { name: "a/b" }]) {
      expect(programmeOf({ ...target, ...wrong })).toBeNull();
    }
  });
});
