import { Hono } from "hono";
import { PLAYLIST_TYPE, renderMultivariantPlaylist } from "../../contracts/playlist.ts";
import { Rendered } from "../cache/rendered.ts";
import type { Edge } from "../edge.ts";
import type { EdgeEnvironment } from "../reach.ts";
import { playlistCacheControl } from "./window.ts";

/** The multivariant playlist changes only when an operator changes the station. */
const MULTIVARIANT_CACHE_CONTROL = "public, max-age=10";

export function playlistRoutes(edge: Edge): Hono<{ Bindings: EdgeEnvironment }> {
  const routes = new Hono<{ Bindings: EdgeEnvironment }>();

  routes.get("/:station/live.m3u8", async (context) => {
    const { station } = await edge.station(context.req.param("station"), edge.reachOf(context));
    const rendered = new Rendered(renderMultivariantPlaylist(station.renditions), PLAYLIST_TYPE);
    return await rendered.answer(context.req.raw, MULTIVARIANT_CACHE_CONTROL);
  });

  routes.get("/:station/now.json", async (context) => {
    const reach = edge.reachOf(context);
    const { routing, station, board } = await edge.station(context.req.param("station"), reach);
    const view = await board.view(routing, station, reach);
    const dueAt = Math.max(...station.renditions.map((rendition) => board.windowOf(view, rendition)?.dueAt ?? 0));
    const cacheControl = playlistCacheControl(dueAt, station.framesPerSegment, reach.clock.now());
    return await board.nowOf(view).answer(context.req.raw, cacheControl);
  });

  return routes;
}
