import { describe, expect, it } from "vitest";
import { itemTag } from "./date-range.ts";
import { renderMediaPlaylist } from "./playlist.ts";
import type { ProgrammeItem } from "./programme-item.ts";

const LENGTH = 150;
const FIRST = 556_250_000;
const tide: ProgrammeItem = {
  frame: FIRST * LENGTH + 75,
  source: "live",
  title: "Tide",
  artist: "The Waves",
  host: "Ann",
  cover: "c".repeat(64),
  frames: 9000,
};
const plain = (frame: number): ProgrammeItem => ({ frame, source: "slate", title: "", artist: "", frames: null });

describe("an item in a playlist", () => {
  it("is, to the letter, this", () => {
    expect(itemTag("demo", tide)).toEqual({
      frame: tide.frame,
      tag:
        `#EXT-X-DATERANGE:ID="item-${tide.frame}",CLASS="radio-dream.item",START-DATE="2026-05-28T20:26:41.600Z",` +
        `PLANNED-DURATION=192.000,END-ON-NEXT=YES,X-SOURCE="live",X-TITLE="Tide",X-ARTIST="The Waves",` +
        `X-HOST="Ann",X-ART="/demo/art/${"c".repeat(64)}.jpg"`,
    });
  });

  it("says nothing of what is not known", () => {
    expect(itemTag("demo", plain(0)).tag).toBe(
      `#EXT-X-DATERANGE:ID="item-0",CLASS="radio-dream.item",START-DATE="1970-01-01T00:00:00.000Z",` +
        `END-ON-NEXT=YES,X-SOURCE="slate",X-TITLE="",X-ARTIST=""`,
    );
  });

  it.each([
    ['say "hello"', "say 'hello'"],
    ["two\r\n#EXT-X-ENDLIST\nlines", "two #EXT-X-ENDLIST lines"],
    ["line\u2028and\u2029paragraph", "line and paragraph"],
    ["a,b=c", "a,b=c"],
    ["half \ud83c", "half \ufffd"],
    ["x".repeat(300), "x".repeat(200)],
  ])("has the title %j as %j", (title, told) => {
    expect(itemTag("demo", { ...tide, title }).tag).toContain(`X-TITLE="${told}",`);
  });
});

describe("the items of a playlist", () => {
  const numbers = [FIRST, FIRST + 1, FIRST + 2];
  const render = (...frames: number[]) =>
    renderMediaPlaylist(
      numbers.map((number) => ({ number, gap: false })),
      LENGTH,
      frames.map((frame) => ({ frame, tag: `#TAG ${frame - FIRST * LENGTH}` })),
    );
  /** Tags and segments in their order. */
  const order = (text: string) =>
    [...text.matchAll(/^(?:#TAG (-?\d+)|(\d+)\.ts)$/gm)].map(
      ([, tag, number]) => tag ?? `${Number(number) - FIRST}.ts`,
    );
  const at = (frame: number) => FIRST * LENGTH + frame;

  it("stand before the segments in which they begin", () => {
    expect(order(render(at(0), at(160), at(170), at(300)))).toEqual(["0", "0.ts", "160", "170", "1.ts", "300", "2.ts"]);
  });

  it("are those that are heard in it: the one that goes on at its beginning, none of before and none of after", () => {
    expect(order(render(at(-900), at(-500), at(449), at(450)))).toEqual(["-500", "0.ts", "1.ts", "449", "2.ts"]);
  });

  it("are the newest twelve, however fast they follow one another", () => {
    const frames = Array.from({ length: 30 }, (_, index) => at(10 * index));
    expect(order(render(...frames)).filter((line) => !line.endsWith("ts"))).toEqual(
      Array.from({ length: 12 }, (_, index) => String(180 + 10 * index)),
    );
  });

  it("change nothing else", () => {
    expect(render(at(160)).replace(/^#TAG.*\n/gm, "")).toBe(render());
  });
});
