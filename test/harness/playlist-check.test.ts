import { describe, expect, it } from "vitest";
import { itemTag } from "../../contracts/date-range.ts";
import { renderMediaPlaylist } from "../../contracts/playlist.ts";
import { PlaylistError, readMediaPlaylist } from "./playlist-check.ts";

const LENGTH = 150;
const NUMBER = 556_250_000;
const HOSTILE = ['"', "a\r\nb", "\u2028", ",X-TITLE=", "=\\", "#EXT-X-ENDLIST", "🎙".repeat(200), ""];

function playlistWith(tag: string): string {
  return renderMediaPlaylist([{ number: NUMBER, gap: false }], LENGTH, [{ frame: NUMBER * LENGTH, tag }]);
}

describe("a playlist's items", () => {
  it.each(HOSTILE)("are sound whatever they are called: %j", (title) => {
    const item = { frame: NUMBER * LENGTH, source: "live", title, artist: title, host: title, frames: null } as const;
    expect(readMediaPlaylist(playlistWith(itemTag("demo", item).tag)).entries).toHaveLength(1);
  });

  it.each([
    ["no ID", 'START-DATE="2026-05-28T20:26:41.600Z",X-TITLE="a"'],
    ["no start", 'ID="a",X-TITLE="a"'],
    ["a quotation mark in a text", 'ID="a",START-DATE="2026-05-28T20:26:41.600Z",X-TITLE="a"b"'],
    ["a text that is not quoted", 'ID="a",START-DATE="2026-05-28T20:26:41.600Z",X-TITLE=two words'],
  ])("are found out with %s", (_, attributes) => {
    expect(() => readMediaPlaylist(playlistWith(`#EXT-X-DATERANGE:${attributes}`))).toThrow(PlaylistError);
  });
});
