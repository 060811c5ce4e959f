import type { DatedTag } from "./date-range.ts";
import { bitrateOf, type RenditionName } from "./names.ts";
import { firstFrame, isoTime, segmentOf, segmentSeconds } from "./timeline.ts";

/** The text of our playlists (RFC 8216). Origin and edge serve the same, so it stands here once. */

export const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
export const SEGMENT_TYPE = "video/mp2t";

/** Bits per second a rendition takes on the wire: AAC, its largest TS overhead, and room for the bit reservoir. */
export function peakBandwidth(rendition: RenditionName): number {
  return Math.ceil((bitrateOf(rendition) * 1.25) / 1000) * 1000;
}

/**
 * Multivariant playlist (RFC 8216, 4.3.4.2), in the station's order: players start with the first. The media
 * playlists lie below `base`, by default beside it.
 */
export function renderMultivariantPlaylist(renditions: readonly RenditionName[], base = ""): string {
  const variants = renditions.map(
    (rendition) =>
      `#EXT-X-STREAM-INF:BANDWIDTH=${peakBandwidth(rendition)},AVERAGE-BANDWIDTH=${Math.ceil((bitrateOf(rendition) * 112) / 100)},CODECS="mp4a.40.2"\n${base}${rendition}/live.m3u8\n`,
  );
  return `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n${variants.join("")}`;
}

export type ListedSegment = {
  number: number;
  /** Where it is to be fetched; by default beside the playlist. */
  uri?: string;
  /** True for a number that nobody has: listed as EXT-X-GAP, so that players step over it. */
  gap: boolean;
};

/** Most dated tags of one playlist; of more the newest. */
const MAX_DATED_TAGS = 12;

/**
 * Media playlist (RFC 8216, 4.3.3) of consecutive segments, ascending, with those of the dated tags, ascending too, that
 * hold in them. The target duration is the rounded segment
 * length and never changes: VLC rebuffers when it is one second above.
 */
export function renderMediaPlaylist(
  segments: readonly ListedSegment[],
  framesPerSegment: number,
  datedTags: readonly DatedTag[] = [],
): string {
  const seconds = segmentSeconds(framesPerSegment);
  const extinf = `#EXTINF:${seconds.toFixed(5)},`;
  const hasGap = segments.some((segment) => segment.gap);
  const lines = [
    "#EXTM3U",
    `#EXT-X-VERSION:${hasGap ? 8 : 3}`,
    `#EXT-X-TARGETDURATION:${Math.round(seconds)}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.number ?? 0}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
  ];
  const tagsOf = tagsBySegment(segments, framesPerSegment, datedTags);
  for (const { number, gap, uri = `${number}.ts` } of segments) {
    lines.push(...(tagsOf.get(number) ?? []));
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${isoTime(firstFrame(number, framesPerSegment))}`);
    if (gap) lines.push("#EXT-X-GAP");
    lines.push(extinf, uri);
  }
  return `${lines.join("\n")}\n`;
}

/** Under the segment in which they begin to hold; what began before the first segment stands before that one. */
function tagsBySegment(
  segments: readonly ListedSegment[],
  framesPerSegment: number,
  datedTags: readonly DatedTag[],
): Map<number, string[]> {
  const first = segments[0]?.number ?? 0;
  const end = firstFrame((segments.at(-1)?.number ?? 0) + 1, framesPerSegment);
  const begun = datedTags.filter(({ frame }) => frame < end);
  const holding = begun.findLastIndex(({ frame }) => frame <= firstFrame(first, framesPerSegment));
  const tags = new Map<number, string[]>();
  for (const { frame, tag } of begun.slice(Math.max(0, holding)).slice(-MAX_DATED_TAGS)) {
    const number = Math.max(first, segmentOf(frame, framesPerSegment));
    tags.set(number, [...(tags.get(number) ?? []), tag]);
  }
  return tags;
}
