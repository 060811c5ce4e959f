import { describe, expect, it } from "vitest";
import { metadataOf } from "./metadata.ts";

describe("What a file says of itself", () => {
  it("is read whatever case and family of names its tags have", () => {
    const tags = { TITLE: "Sakura", Artist: "Rin", album: "Spring", TSRC: "JP-AB1-23-00001", date: "2009-04-01" };
    expect(metadataOf([tags], "x.flac")).toEqual({
      title: "Sakura",
      artist: "Rin",
      album: "Spring",
      isrc: "JPAB12300001",
      year: 2009,
    });
  });

  it("is found in a stream when the file has none, as in Ogg", () => {
    expect(metadataOf([{}, { title: "Sakura" }], "x.ogg").title).toBe("Sakura");
  });

  it.each([
    ["Nina - Feeling Good.mp3", "Nina", "Feeling Good"],
    ["07 - Nina - Feeling Good.mp3", "Nina", "Feeling Good"],
    ["Nina_-_Feeling_Good.mp3", "Nina", "Feeling Good"],
    ["jingle.wav", "", "jingle"],
    ["../../etc/Passwd - x.mp3", "Passwd", "x"],
  ])("is taken from the name of an untagged file: %s", (fileName, artist, title) => {
    expect(metadataOf([], fileName)).toMatchObject({ artist, title });
  });

  it("keeps the name whole when the artist is known", () => {
    expect(metadataOf([{ artist: "Nina" }], "A - B.mp3")).toMatchObject({ artist: "Nina", title: "A - B" });
  });

  it.each([
    [{ isrc: "nonsense", date: "soon" }, "", null],
    [{ isrc: "US-S1Z-99-00001", date: "0000" }, "USS1Z9900001", null],
    [{ isrc: "ISRC USS1Z9900001", year: "℗ 1977 Records" }, "USS1Z9900001", 1977],
  ])("leaves out what is not well-formed: %j", (tags, isrc, year) => {
    expect(metadataOf([tags], "x")).toMatchObject({ isrc, year });
  });

  it("takes a name that is no tag's for no tag, though every object has it", () => {
    expect(metadataOf([JSON.parse('{"__proto__": "x", "constructor": "y"}')], "plain.mp3").title).toBe("plain");
  });
});
