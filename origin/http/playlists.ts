import { Hono, type MiddlewareHandler } from "hono";
import { itemTag } from "../../contracts/date-range.ts";
import { failure } from "../../contracts/failure.ts";
import { joinContinued } from "../../contracts/heard.ts";
import { RenditionName } from "../../contracts/names.ts";
import {
  PLAYLIST_TYPE,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
  SEGMENT_TYPE,
} from "../../contracts/playlist.ts";
import type { Station } from "../station/station.ts";

/** Segments a playlist of this origin lists: 38 s at the default length. */
const LISTED = 12;

type HeldStation = {
  store: Pick<Station["store"], "index" | "numbers" | "segment">;
  desired: Pick<Station["desired"], "renditions" | "framesPerSegment">;
};

/**
 * What this origin holds in memory, for the edge when R2 cannot answer, and for players when it stands alone; `guard`
 * says who is answered, null for everybody.
 */
export function playlistRoutes(
  stations: { get(slug: string): HeldStation | null },
  guard: MiddlewareHandler | null = null,
): Hono {
  const routes = new Hono();
  const notFound = failure("not_found", "There is no such thing on this origin.");

  routes.use(async (context, next) => {
    await next();
    context.header("Access-Control-Allow-Origin", "*");
  });

  if (guard !== null) routes.use(guard);

  routes.get("/:station/live.m3u8", (context) => {
    const station = stations.get(context.req.param("station"));
    if (station === null) return context.json(notFound, 404, { "Cache-Control": "no-store" });
    return context.body(renderMultivariantPlaylist(station.desired.renditions), 200, {
      "Content-Type": PLAYLIST_TYPE,
      "Cache-Control": "no-cache",
    });
  });

  routes.get("/:station/index.json", (context) => {
    const station = stations.get(context.req.param("station"));
    if (station === null) return context.json(notFound, 404, { "Cache-Control": "no-store" });
    return context.json(station.store.index(), 200, { "Cache-Control": "no-store" });
  });

  routes.get("/:station/:rendition/live.m3u8", (context) => {
    const slug = context.req.param("station");
    const station = stations.get(slug);
    const rendition = RenditionName.safeParse(context.req.param("rendition"));
    if (station === null || !rendition.success || !station.desired.renditions.includes(rendition.data)) {
      return context.json(notFound, 404, { "Cache-Control": "no-store" });
    }
    const numbers = unbrokenEnd(station.store.numbers(rendition.data)).slice(-LISTED);
    const listed = numbers.map((number) => ({ number, gap: false }));
    // Pictures are at the edge alone.
    const items = joinContinued(station.store.index().items).map((item) => ({ ...item, cover: undefined }));
    const tags = items.map((item) => itemTag(slug, item));
    return context.body(renderMediaPlaylist(listed, station.desired.framesPerSegment, tags), 200, {
      "Content-Type": PLAYLIST_TYPE,
      "Cache-Control": "no-cache",
    });
  });

  routes.get("/:station/:rendition/:file{[0-9]{1,12}\\.ts}", (context) => {
    const rendition = RenditionName.safeParse(context.req.param("rendition"));
    const number = Number(context.req.param("file").slice(0, -".ts".length));
    const bytes = rendition.success
      ? stations.get(context.req.param("station"))?.store.segment(rendition.data, number)
      : null;
    if (bytes == null) return context.json(notFound, 404, { "Cache-Control": "no-store" });
    return context.body(new Uint8Array(bytes), 200, {
      "Content-Type": SEGMENT_TYPE,
      "Cache-Control": "public, max-age=86400, immutable",
    });
  });

  return routes;
}

/** The newest run of consecutive numbers: what came before a hole cannot be listed with what came after it. */
export function unbrokenEnd(numbers: readonly number[]): number[] {
  let first = numbers.length - 1;
  while (first > 0 && numbers[first - 1] === (numbers[first] ?? 0) - 1) first--;
  return numbers.slice(Math.max(0, first));
}
