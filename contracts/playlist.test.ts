import { describe, expect, it } from "vitest";
import { renderMediaPlaylist, renderMultivariantPlaylist } from "./playlist.ts";

const listed = (...numbers: number[]) => numbers.map((number) => ({ number, gap: false }));

describe("The multivariant playlist", () => {
  it("lists the renditions in the station's order, with what they take on the wire", () => {
    expect(renderMultivariantPlaylist(["aac-48k", "aac-128k"])).toBe(`#EXTM3U
#EXT-X-VERSION:3
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=60000,AVERAGE-BANDWIDTH=53760,CODECS="mp4a.40.2"
aac-48k/live.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=160000,AVERAGE-BANDWIDTH=143360,CODECS="mp4a.40.2"
aac-128k/live.m3u8
`);
  });
});

describe("A media playlist", () => {
  it("carries number, exact length and programme time of each segment", () => {
    expect(renderMediaPlaylist(listed(556_250_000, 556_250_001), 150)).toBe(`#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:3
#EXT-X-MEDIA-SEQUENCE:556250000
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-PROGRAM-DATE-TIME:2026-05-28T20:26:40.000Z
#EXTINF:3.20000,
556250000.ts
#EXT-X-PROGRAM-DATE-TIME:2026-05-28T20:26:43.200Z
#EXTINF:3.20000,
556250001.ts
`);
  });

  it("lists a number that nobody has as a gap", () => {
    const text = renderMediaPlaylist(
      [
        { number: 7, gap: false },
        { number: 8, gap: true },
      ],
      375,
    );
    expect(text).toContain("#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:8\n");
    expect(text).toMatch(/7\.ts\n#EXT-X-PROGRAM-DATE-TIME:[^\n]+\n#EXT-X-GAP\n#EXTINF:8\.00000,\n8\.ts\n$/);
  });
});
