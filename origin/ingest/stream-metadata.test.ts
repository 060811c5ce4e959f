import { describe, expect, it } from "vitest";
import { amf } from "./fixtures/rtmp-bytes.ts";
import { metadataScript, readStreamMetadata } from "./stream-metadata.ts";

const said = (fields: Parameters<typeof amf>[0]) => readStreamMetadata(amf("onMetaData", fields));

describe("an encoder's metadata", () => {
  it("is taken out of the request to keep it, and taken as it is without one", () => {
    const script = amf("onMetaData", { title: "Tide" });
    expect(metadataScript(Buffer.concat([amf("@setDataFrame"), script]))).toEqual(script);
    expect(metadataScript(script)).toEqual(script);
  });

  it.each([
    ["a stamp", amf("onStamp", "{}")],
    ["another request", amf("@clearDataFrame", "onMetaData")],
    ["nothing", Buffer.alloc(0)],
    ["a beginning", amf("@setDataFrame").subarray(0, 5)],
  ])("is not %s", (_, message) => {
    expect(metadataScript(message)).toBeNull();
  });

  it("says title and artist, among what else it says", () => {
    expect(said({ audiocodecid: 10, artist: "Zoë", stereo: true, title: "Späte Stunde", nothing: null })).toEqual({
      title: "Späte Stunde",
      artist: "Zoë",
    });
  });

  it("is understood when its properties stand in an array with names, as ffmpeg writes it", () => {
    const head = Buffer.concat([amf("onMetaData"), Buffer.from([8, 0, 0, 0, 1])]);
    const script = Buffer.concat([head, amf({ title: "Tide" }).subarray(1)]);
    expect(readStreamMetadata(script)).toEqual({ title: "Tide", artist: "" });
  });

  it.each([
    ["there is none", amf("onMetaData", { width: 7 })],
    ["it is empty", amf("onMetaData", { title: "" })],
    ["it is a number", amf("onMetaData", { title: 7 })],
    ["its length is missing", amf("onMetaData", { title: "x" }).subarray(0, -5)],
  ])("has no title when %s", (_, script) => {
    expect(readStreamMetadata(script).title).toBe("");
  });

  it("never has control characters or half characters in it, nor more than 300 characters", () => {
    expect(said({ title: "a\n\u0000b" }).title).toBe("a b");
    expect(said({ title: "x".repeat(2000) }).title).toHaveLength(300);
    expect(said({ title: `${"x".repeat(299)}🎙` }).title.isWellFormed()).toBe(true);
  });
});
