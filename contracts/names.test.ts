import { describe, expect, it } from "vitest";
import { bitrateOf, OriginId, programmePath, RenditionName, StationSlug } from "./names.ts";

describe("Names", () => {
  it.each(["demo", "a", "radio-7", "x".repeat(40)])("take %j for a station", (name) => {
    expect(StationSlug.safeParse(name).success).toBe(true);
  });

  it.each(["", "Demo", "a/b", "..", "a.b", "a_b", "x".repeat(41), "dé"])("refuse %j for a station", (name) => {
    expect(StationSlug.safeParse(name).success).toBe(false);
  });

  it.each(["../x", "-a", "A", ""])("refuse %j for an origin", (name) => {
    expect(OriginId.safeParse(name).success).toBe(false);
  });

  it.each(["aac-9k", "aac-321k", "mp3-48k", "aac-048k", "aac-48"])("refuse %j for a rendition", (name) => {
    expect(RenditionName.safeParse(name).success).toBe(false);
  });

  it("tell a rendition's bit rate", () => {
    expect(["aac-10k", "aac-48k", "aac-128k", "aac-320k"].map((name) => bitrateOf(RenditionName.parse(name)))).toEqual([
      10_000, 48_000, 128_000, 320_000,
    ]);
  });

  it("give the first rendition the plain path that people type into a player", () => {
    const renditions = ["aac-48k", "aac-128k"];
    expect(renditions.map((rendition) => programmePath("demo", rendition, renditions))).toEqual([
      "/radiodream/demo",
      "/radiodream/demo_aac-128k",
    ]);
  });
});
