import { describe, expect, it } from "vitest";
import { searchTerms, searchTextOf } from "./search-text.ts";

const finds = (question: string, text: string) => searchTerms(question).every((term) => text.includes(term));

describe("what of a file is searched", () => {
  const text = searchTextOf({
    title: "Ёлка на Морозе",
    artist: "Beyoncé & Ｄｒｅａｍ",
    album: "Größe",
    tags: ["ночь", "Slow Jazz"],
    fileName: "夜の列車.FLAC",
  });

  it.each(["елка", "МОРОЗЕ", "beyonce", "Dream", "große", "slow jazz", "jazz ночь", "列車", "flac", ""])(
    "is found by %j",
    (question) => expect(finds(question, text)).toBe(true),
  );

  it.each(["elka", "jazz rock", "морозея"])("is not found by %j", (question) => {
    expect(finds(question, text)).toBe(false);
  });

  it("has eight words at most to be found", () => {
    expect(searchTerms("a b c d e f g h i j")).toHaveLength(8);
  });
});
