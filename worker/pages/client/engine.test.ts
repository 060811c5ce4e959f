import { describe, expect, it } from "vitest";
import { type Abilities, chooseEngine } from "./engine.ts";

describe("the way to play", () => {
  it.each<[string, Abilities, string]>([
    ["Chromium, which only says that it plays HLS", { nativeHls: true, mediaSource: true, apple: false }, "hls"],
    ["Firefox", { nativeHls: false, mediaSource: true, apple: false }, "hls"],
    ["Safari on a Mac", { nativeHls: true, mediaSource: true, apple: true }, "native"],
    ["an iPhone without Media Source Extensions", { nativeHls: true, mediaSource: false, apple: true }, "native"],
    ["a television that plays HLS only by itself", { nativeHls: true, mediaSource: false, apple: false }, "native"],
    ["a browser that plays neither", { nativeHls: false, mediaSource: false, apple: false }, "none"],
  ])("for %s", (_, abilities, choice) => {
    expect(chooseEngine(abilities)).toBe(choice);
  });
});
