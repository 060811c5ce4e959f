import type { RenditionName, StationSlug } from "../contracts/names.ts";
import type { RoutedStation } from "../contracts/routing.ts";
import type { Edge, Where } from "./edge.ts";
import { EdgeError } from "./edge-error.ts";
import { answerMediaPlaylist, answerPlaylistOfOrigin } from "./playlist/media-playlist.ts";
import type { Reach } from "./reach.ts";
import { answerSegment } from "./segment/answer.ts";
import { findSegment } from "./segment/find.ts";

export type Asked = {
  station: StationSlug;
  rendition: RenditionName;
  /** Null for the media playlist. */
  segment: number | null;
  /** The one origin whose playlist a monitor wants to see. */
  origin: string | null;
};

/** A segment's number is decimal without leading zeros, so that it has one name; 15 digits stay below 2^53. */
const LISTENING = /^https?:\/\/[^/]+\/([^/?]+)\/([^/?]+)\/(?:live\.m3u8|(0|[1-9]\d{0,14})\.ts)(?:\?(.*))?$/;

/**
 * What a player asks for all day long: the media playlist and the segments; null for anything else. These two are
 * told apart before the router, which would double what an answer from memory costs.
 */
export function parseListening(request: Request): Asked | null {
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const [, station, rendition, segment, query] = LISTENING.exec(request.url) ?? [];
  if (station === undefined || rendition === undefined) return null;
  return {
    station,
    rendition,
    segment: segment === undefined ? null : Number(segment),
    origin: query === undefined ? null : new URLSearchParams(query).get("origin"),
  };
}

/** Throws 404 for what the station does not have, 503 for what cannot be had at the moment. */
export async function answerListening(edge: Edge, asked: Asked, request: Request, reach: Reach): Promise<Response> {
  const where = await edge.station(asked.station, reach);
  requireRendition(where.station, asked.rendition);
  const answer = await answerGet(edge, where, asked, request, reach);
  return request.method === "HEAD" ? new Response(null, answer) : answer;
}

async function answerGet(
  edge: Edge,
  where: Where,
  { station, rendition, segment, origin }: Asked,
  request: Request,
  reach: Reach,
): Promise<Response> {
  if (segment !== null) {
    const name = { station, rendition, number: segment };
    return answerSegment(request, await findSegment(name, { ...where, shelf: edge.shelf, reels: edge.reels }, reach));
  }
  if (origin !== null) return await answerPlaylistOfOrigin(origin, rendition, where, request, reach);
  return await answerMediaPlaylist(rendition, { ...where, listings: edge.listings }, request, reach);
}

function requireRendition(station: RoutedStation, rendition: string): void {
  if (!station.renditions.includes(rendition)) {
    throw new EdgeError(404, "unknown_rendition", "The station has no such rendition.");
  }
}
