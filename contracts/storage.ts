import type { OriginId, RenditionName, Sha256, StationSlug } from "./names.ts";

/**
 * Keys of what is stored in R2. An origin writes under `live/{station}/{origin}/` alone (invariant 5). Segments lie in a
 * bucket of their own, all of which may be open to everyone.
 */

export function segmentKey(station: StationSlug, origin: OriginId, rendition: RenditionName, number: number): string {
  return `live/${station}/${origin}/${rendition}/${number}.ts`;
}

export function indexKey(station: StationSlug, origin: OriginId): string {
  return `live/${station}/${origin}/index.json`;
}

export function reelManifestKey(station: StationSlug): string {
  return `reel/${station}/manifest.json`;
}

/** A rendition of a reel is named by its hash, so that a new reel never mixes with the one before it. */
export function reelKey(station: StationSlug, sha256: Sha256): string {
  return `reel/${station}/${sha256}.mpegts`;
}

/** The playlists that players fetch without the edge Worker (contracts/delivery.ts). */
export function multivariantKey(station: StationSlug): string {
  return `public/${station}/live.m3u8`;
}

export function playlistKey(station: StationSlug, rendition: RenditionName): string {
  return `public/${station}/${rendition}/live.m3u8`;
}

/** Where all that is stored of a station lies. */
export function stationPrefixes(station: StationSlug): string[] {
  return [`reel/${station}/`, `live/${station}/`, `public/${station}/`];
}

/** Largest segment the edge takes in: 8 s at 320 kbit/s is 350 kB. */
export const MAX_SEGMENT_BYTES = 1 << 20;
/** Largest index the edge takes in. */
export const MAX_INDEX_BYTES = 64 << 10;

/** Header that carries the SHA-256 of an upload: RFC 9530, `sha-256=:base64:`. */
export const DIGEST_HEADER = "content-digest";
