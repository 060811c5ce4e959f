import { expect, it } from "vitest";
import { byline } from "./words.ts";

it.each([
  ["The Waves", { title: "Tide", artist: "The Waves" }],
  ["with Ann", { title: "Evening show", artist: "", host: "Ann" }],
  ["The Waves · with Ann", { title: "Tide", artist: "The Waves", host: "Ann" }],
  ["", { title: "Ann", artist: "", host: "Ann" }],
])("says %j below a title, and never the title again", (line, item) => {
  expect(byline(item)).toBe(line);
});
