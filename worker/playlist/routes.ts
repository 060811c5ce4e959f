import { Hono } from "hono";
import { PLAYLIST_TYPE, renderMultivariantPlaylist } from "../../contracts/playlist.ts";
import type { RoutedStation } from "../../contracts/routing.ts";
import { firstFrame } from "../../contracts/timeline.ts";
import { Rendered } from "../cache/rendered.ts";
import type { Edge } from "../edge.ts";
import { deliveryOf, isListed } from "../listing/delivery.ts";
import type { EdgeEnvironment, Reach } from "../reach.ts";
import { answerArt } from "./art.ts";
import { renderHealth } from "./health.ts";
import type { Slate } from "./now.ts";
import { playlistCacheControl } from "./window.ts";

/** The multivariant playlist changes only when an operator changes the station. */
const MULTIVARIANT_CACHE_CONTROL = "public, max-age=10";

export function playlistRoutes(edge: Edge): Hono<{ Bindings: EdgeEnvironment }> {
  const routes = new Hono<{ Bindings: EdgeEnvironment }>();

  routes.get("/:station/live.m3u8", async (context) => {
    const reach = edge.reachOf(context);
    const where = await edge.station(context.req.param("station"), reach);
    const base = await edge.listings.staticBase(where, reach);
    const rendered = new Rendered(renderMultivariantPlaylist(where.station.renditions, base), PLAYLIST_TYPE);
    return await rendered.answer(context.req.raw, MULTIVARIANT_CACHE_CONTROL);
  });

  routes.get("/:station/now.json", async (context) => {
    const reach = edge.reachOf(context);
    const slug = context.req.param("station");
    const { routing, station, board } = await edge.station(slug, reach);
    const view = await board.view(routing, station, reach);
    const since = board.reelSince(view);
    const slate = since === null ? null : await slateOf(slug, station, since, reach);
    const dueAt = Math.max(...station.renditions.map((rendition) => board.windowOf(view, rendition).dueAt));
    const cacheControl = playlistCacheControl(dueAt, station.framesPerSegment, reach.clock.now());
    return await board.nowOf(view, slate).answer(context.req.raw, cacheControl);
  });

  routes.get("/:station/art/:file{[0-9a-f]{64}\\.jpg}", async (context) => {
    const reach = edge.reachOf(context);
    const slug = context.req.param("station");
    await edge.station(slug, reach);
    return await answerArt(context.req.raw, slug, context.req.param("file").slice(0, -".jpg".length), reach);
  });

  routes.get("/:station/health.json", async (context) => {
    const reach = edge.reachOf(context);
    const slug = context.req.param("station");
    const where = await edge.station(slug, reach);
    const { routing, station, board } = where;
    const view = await board.view(routing, station, reach);
    const windowOf = (rendition: string) => board.windowOf(view, rendition);
    const health = renderHealth(slug, station, view.indexes, windowOf, reach.clock.now());
    if (isListed(station, reach)) await edge.listings.look(where, reach);
    return context.json({ ...health, delivery: deliveryOf(station, reach) }, 200, { "cache-control": "no-store" });
  });

  async function slateOf(slug: string, station: RoutedStation, since: number, reach: Reach): Promise<Slate> {
    const reel = await edge.reels.of(slug, station.renditions[0] ?? "", reach);
    return { frame: firstFrame(since, station.framesPerSegment), title: reel?.title ?? "" };
  }

  return routes;
}
