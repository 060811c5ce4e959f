import { describe, expect, it } from "vitest";
import { renderMediaPlaylist } from "../../../contracts/playlist.ts";
import { segmentTime } from "../../../contracts/timeline.ts";
import { firstLookIn, nextLookIn, readPlaylist, type SeenPlaylist } from "./playlist-watch.ts";

const SEEN: SeenPlaylist = { address: "/a.m3u8", text: "", changedAt: 10_000, segmentMs: 3200 };

describe("the first look for a new segment", () => {
  it("waits until shortly before the segment is due", () => {
    expect(firstLookIn(SEEN, "/a.m3u8", 13_000)).toBe(100);
    expect(firstLookIn(SEEN, "/a.m3u8", 10_000)).toBe(3100);
  });

  it.each([
    ["nothing was seen yet", null, "/a.m3u8", 13_000],
    ["another rendition is asked for", SEEN, "/b.m3u8", 10_500],
    ["the segment is overdue", SEEN, "/a.m3u8", 60_000],
  ] as const)("goes out at once when %s", (_, seen, address, now) => {
    expect(firstLookIn(seen, address, now)).toBe(0);
  });
});

describe("another look", () => {
  it("follows within half a second, not at the same moment for all listeners", () => {
    expect(nextLookIn(0, 0, () => 0)).toBeCloseTo(320);
    expect(nextLookIn(0, 1999, () => 1)).toBeCloseTo(480);
  });

  it("is not taken when the segment is far too late", () => {
    expect(nextLookIn(0, 2000, () => 0)).toBeNull();
  });
});

describe("readPlaylist", () => {
  it("reads length and end of the last segment from our own playlists", () => {
    const number = 556_000_000;
    const text = renderMediaPlaylist(
      [
        { number, gap: false },
        { number: number + 1, gap: false },
      ],
      150,
    );
    expect(readPlaylist(text)).toEqual({ segmentMs: 3200, endsAt: segmentTime(number + 2, 150) });
  });

  it.each(["", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n", "#EXT-X-PROGRAM-DATE-TIME:soon\n"])(
    "says nothing of a text without segments: %j",
    (text) => {
      expect(readPlaylist(text)).toEqual({ segmentMs: null, endsAt: null });
    },
  );
});
