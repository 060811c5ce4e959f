import { describe, expect, it } from "vitest";
import { readSettings } from "./settings.ts";

const LEAST = {
  CONTROL_URL: "http://control:8788/",
  EDGE_URL: "https://radio.example",
  ORIGIN_ID: "origin-1",
  PUBLIC_URL: "http://node.example:8801",
};

describe("The settings of a node", () => {
  it("need the four addresses and names, and have sensible values for all else", () => {
    expect(readSettings(LEAST)).toEqual({
      controlUrl: "http://control:8788",
      edgeUrl: "https://radio.example",
      originId: "origin-1",
      enrolToken: null,
      publicUrl: "http://node.example:8801",
      rtmpUrl: "rtmp://node.example:1935",
      dataFolder: "/data",
      libraryFolder: "/data/library",
      host: "0.0.0.0",
      rtmpPort: 1935,
      httpPort: 8801,
      cacheBytes: 10_000_000_000,
      edgeOnly: false,
      takesJobs: true,
      metricsToken: null,
      isPrivateRelayAllowed: false,
      logLevel: "info",
    });
  });

  it("take an empty value for one that is not set", () => {
    expect(readSettings({ ...LEAST, ENROL_TOKEN: "", LIBRARY_DIR: "" })).toMatchObject({
      enrolToken: null,
      libraryFolder: "/data/library",
    });
  });

  it.each([
    ["yes", true],
    ["no", false],
    ["", false],
  ])("take EDGE_ONLY=%s", (value, edgeOnly) => {
    expect(readSettings({ ...LEAST, EDGE_ONLY: value }).edgeOnly).toBe(edgeOnly);
  });

  it("take JOBS=off", () => {
    expect(readSettings({ ...LEAST, JOBS: "off" }).takesJobs).toBe(false);
  });

  it("take RELAY_PRIVATE_ADDRESSES=allow", () => {
    expect(readSettings({ ...LEAST, RELAY_PRIVATE_ADDRESSES: "allow" }).isPrivateRelayAllowed).toBe(true);
  });

  it.each([
    ["CONTROL_URL", "ftp://control"],
    ["PUBLIC_URL", "node.example"],
    ["ORIGIN_ID", "Origin 1"],
    ["RTMP_PORT", "70000"],
    ["EDGE_ONLY", "perhaps"],
    ["RELAY_PRIVATE_ADDRESSES", "yes"],
    ["ENROL_TOKEN", "short"],
    ["RTMP_URL", "http://node.example"],
  ])("name %s in the error when it is %j", (name, value) => {
    expect(() => readSettings({ ...LEAST, [name]: value })).toThrow(name);
  });

  it("never repeat a secret in the error", () => {
    expect(() => readSettings({ ...LEAST, ENROL_TOKEN: "tooshort", ORIGIN_ID: "" })).toThrow(/^(?!.*tooshort)/s);
  });
});
