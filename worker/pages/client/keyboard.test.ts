import { describe, expect, it } from "vitest";
import { commandFor } from "./keyboard.ts";

const PAGE = { acts: false, slides: false, writes: false };

describe("keys", () => {
  it.each([
    [" ", "toggle"],
    ["k", "toggle"],
    ["K", "toggle"],
    ["m", "mute"],
    ["ArrowUp", "louder"],
    ["ArrowDown", "softer"],
    ["a", null],
  ])("on the page: %j means %s", (key, command) => {
    expect(commandFor(key, PAGE)).toBe(command);
  });

  it("leave the space bar to a button that has the focus", () => {
    expect(commandFor(" ", { ...PAGE, acts: true })).toBeNull();
    expect(commandFor("k", { ...PAGE, acts: true })).toBe("toggle");
  });

  it("leave the arrows to the volume control that has the focus", () => {
    expect(commandFor("ArrowUp", { ...PAGE, slides: true })).toBeNull();
    expect(commandFor("ArrowDown", { ...PAGE, slides: true })).toBeNull();
  });

  it("leave text alone", () => {
    expect(commandFor("k", { ...PAGE, writes: true })).toBeNull();
  });
});
