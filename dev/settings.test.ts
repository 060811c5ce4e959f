import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HERE } from "./place.ts";
import { portsOf, ROOT, readSettings } from "./settings.ts";

describe("the settings of npm start", () => {
  it("are those of the design when nothing is set", () => {
    expect(readSettings({})).toEqual({
      host: "127.0.0.1",
      localHost: "127.0.0.1",
      publicHost: "127.0.0.1",
      edgePort: 8787,
      controlPort: 8788,
      segmentsPort: null,
      origins: [
        { id: "origin-1", rtmpPort: 1935, httpPort: 8801, place: HERE },
        { id: "origin-2", rtmpPort: 1936, httpPort: 8802, place: HERE },
      ],
      rtmpPort: 1935,
      httpPort: 8801,
      stateDir: join(ROOT, ".radio"),
      libraryDir: join(ROOT, "dev/demo-library"),
      adminToken: null,
      restart: "always",
      edgeEntry: join(ROOT, "worker/main.ts"),
      controlEntry: join(ROOT, "control/main.ts"),
    });
  });

  it("count the origins' ports up", () => {
    const { origins } = readSettings({ ORIGINS: "3", RTMP_PORT: "20000", HTTP_PORT: "21000" });
    expect(origins.map(({ rtmpPort, httpPort }) => [rtmpPort, httpPort])).toEqual([
      [20000, 21000],
      [20001, 21001],
      [20002, 21002],
    ]);
  });

  it("let all listen on one address and be called at another", () => {
    expect(readSettings({ LISTEN_HOST: "192.0.2.7" })).toMatchObject({
      localHost: "192.0.2.7",
      publicHost: "192.0.2.7",
    });
    expect(readSettings({ LISTEN_HOST: "0.0.0.0", PUBLIC_HOST: "radio.example" })).toMatchObject({
      host: "0.0.0.0",
      localHost: "127.0.0.1",
      publicHost: "radio.example",
    });
  });

  it("put an origin in another place, whose ports are not those of this machine", () => {
    const place = { through: ["nsenter", "--net=/run/netns/far"], environment: { HOST: "192.0.2.7" } };
    const settings = readSettings({ ORIGIN_PLACES: JSON.stringify({ "origin-1": place }) });
    expect(settings.origins.map((origin) => origin.place)).toEqual([place, HERE]);
    expect(portsOf(settings).map(({ port }) => port)).toEqual([8787, 8788, 1936, 8802]);
  });

  it("take an empty value for none", () => {
    expect(readSettings({ EDGE_PORT: "", ADMIN_TOKEN: "" })).toEqual(readSettings({}));
  });

  it("keep an absolute STATE_DIR as it is", () => {
    expect(readSettings({ STATE_DIR: "/elsewhere/state" }).stateDir).toBe("/elsewhere/state");
  });

  it.each([
    ["EDGE_PORT", "http"],
    ["EDGE_PORT", "0"],
    ["RTMP_PORT", "70000"],
    ["ORIGINS", "-1"],
    ["LISTEN_HOST", "here"],
    ["PUBLIC_HOST", "radio.example/path"],
    ["ORIGIN_PLACES", "{"],
    ["ORIGIN_PLACES", '{"origin-1":{"command":["sudo"]}}'],
    ["RESTART", "sometimes"],
    ["ADMIN_TOKEN", "short"],
  ])("refuse %s=%s and say which setting is wrong", (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(name);
  });

  it("refuse a port that is given out twice", () => {
    expect(() => readSettings({ HTTP_PORT: "8787" })).toThrow("port 8787 is given out twice");
    expect(() => readSettings({ RTMP_PORT: "8800" })).toThrow("port 8801 is given out twice");
  });

  it("name what each port is for", () => {
    expect(portsOf(readSettings({ ORIGINS: "1" })).map(({ port }) => port)).toEqual([8787, 8788, 1935, 8801]);
    expect(portsOf(readSettings({ ORIGINS: "0" })).map(({ port }) => port)).toEqual([8787, 8788]);
  });
});
