import { Hono } from "hono";
import { RenditionName } from "../../contracts/names.ts";
import type { RoutedStation, Routing } from "../../contracts/routing.ts";
import { indexKey } from "../../contracts/storage.ts";
import type { Edge } from "../edge.ts";
import { EdgeError } from "../edge-error.ts";
import { isListed } from "../listing/delivery.ts";
import type { EdgeEnvironment } from "../reach.ts";
import { admit } from "./admit.ts";
import { readPublished } from "./published.ts";
import { putIndex } from "./put-index.ts";
import { putSegment } from "./put-segment.ts";
import { withStore } from "./store.ts";

/** What origins send and ask; each with its own token and only below its own prefix (invariant 5). */
export function uploadRoutes(edge: Edge): Hono<{ Bindings: EdgeEnvironment }> {
  const routes = new Hono<{ Bindings: EdgeEnvironment }>();

  routes.put("/:station/:rendition/:file{(?:0|[1-9][0-9]{0,14})\\.ts}", async (context) => {
    const { station, origin, routing, reach } = await admit(edge, context, context.req.param("station"));
    const rendition = RenditionName.safeParse(context.req.param("rendition"));
    if (!rendition.success) throw new EdgeError(422, "rendition_invalid", "This is not the name of a rendition.");
    const number = Number.parseInt(context.req.param("file"), 10);
    const { framesPerSegment } = routing.stations[station] as RoutedStation;
    await putSegment(context.req.raw, origin, { station, rendition: rendition.data, number }, framesPerSegment, reach);
    return stored();
  });

  routes.put("/:station/index.json", async (context) => {
    const { station: slug, origin, reach } = await admit(edge, context, context.req.param("station"));
    const known = await putIndex(context.req.raw, origin, slug, reach);
    const where = await edge.station(slug, reach);
    const newest = known.index.segments.at(-1)?.number;
    if (where.station.listedUntil !== undefined || isListed(where.station, reach)) {
      where.board.take(origin, known, reach.clock.now());
      if (newest !== undefined) reach.keep(edge.listings.follow(where, origin, newest, reach));
    }
    return stored();
  });

  routes.get("/:station/index.json", async (context) => {
    const { station, origin, reach } = await admit(edge, context, context.req.param("station"));
    const text = await withStore(reach, async () => (await reach.bucket.get(indexKey(station, origin)))?.text());
    if (text === undefined) throw new EdgeError(404, "no_index", "The origin has stored no index of this station.");
    return new Response(text, { headers: { "content-type": "application/json", "cache-control": "no-store" } });
  });

  routes.get("/:station/published", async (context) => {
    const { station: slug, origin, routing, reach } = await admit(edge, context, context.req.param("station"));
    const { station, board } = await edge.station(slug, reach);
    const { holdings } = await board.view(routing, station, reach);
    const atHand = { holdings, reeled: board.reeled };
    const published = await readPublished(slug, origin, routing, atHand, reach);
    const answer = { published, studio: namedStudio(routing, station) };
    return Response.json(answer, { headers: { "cache-control": "no-store" } });
  });

  return routes;
}

/** Whom control has named as the studio: origins that cannot hear control learn it here. */
function namedStudio(routing: Routing, { studio, generation }: RoutedStation) {
  const routed = studio === null ? undefined : routing.origins[studio];
  return routed === undefined ? null : { origin: studio, url: routed.url, generation };
}

function stored(): Response {
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
}
