import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { portsOf, ROOT, readSettings } from "./settings.ts";

describe("the settings of npm start", () => {
  it("are those of the design when nothing is set", () => {
    expect(readSettings({})).toEqual({
      edgePort: 8787,
      controlPort: 8788,
      origins: [
        { id: "origin-1", rtmpPort: 1935, httpPort: 8801 },
        { id: "origin-2", rtmpPort: 1936, httpPort: 8802 },
      ],
      stateDir: join(ROOT, ".radio"),
      libraryDir: join(ROOT, "dev/demo-library"),
      adminToken: null,
      restart: "always",
      edgeEntry: join(ROOT, "worker/main.ts"),
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
    ["ORIGINS", "0"],
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
  });
});
