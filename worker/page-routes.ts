import { Hono } from "hono";
import type { Edge } from "./edge.ts";
import { alsoFrom, EMBED_HEADERS, PAGE_HEADERS, renderPlayerPage, renderStationsPage } from "./pages/pages.ts";
import type { EdgeEnvironment } from "./reach.ts";
import { wantsJson } from "./wants-page.ts";

/** Pages and lists change only when an operator changes a station. */
const PAGE_CACHE_CONTROL = "public, max-age=10";

export function pageRoutes(edge: Edge): Hono<{ Bindings: EdgeEnvironment }> {
  const routes = new Hono<{ Bindings: EdgeEnvironment }>();

  routes.get("/", async (context) => {
    const reach = edge.reachOf(context);
    const { stations } = await edge.routing.current(reach);
    const onAir = Object.entries(stations).map(([slug, { name }]) => ({ slug, name }));
    const headers = { "cache-control": PAGE_CACHE_CONTROL, vary: "accept" };
    if (!wantsJson(context.req.raw)) {
      return new Response(renderStationsPage(onAir), { headers: { ...PAGE_HEADERS, ...headers } });
    }
    const items = onAir.map((station) => ({ ...station, url: `${reach.site}/${station.slug}` }));
    return Response.json({ items, next: null }, { headers: { ...headers, "access-control-allow-origin": "*" } });
  });

  routes.get("/:station", async (context) => {
    const slug = context.req.param("station");
    const reach = edge.reachOf(context);
    const { station } = await edge.station(slug, reach);
    const page = renderPlayerPage({ slug, name: station.name }, { embed: false });
    const headers = alsoFrom(reach.segmentsUrl, PAGE_HEADERS);
    return new Response(page, { headers: { ...headers, "cache-control": PAGE_CACHE_CONTROL } });
  });

  routes.get("/:station/embed", async (context) => {
    const slug = context.req.param("station");
    const reach = edge.reachOf(context);
    const { station } = await edge.station(slug, reach);
    const page = renderPlayerPage({ slug, name: station.name }, { embed: true });
    const headers = alsoFrom(reach.segmentsUrl, EMBED_HEADERS);
    return new Response(page, { headers: { ...headers, "cache-control": PAGE_CACHE_CONTROL } });
  });

  return routes;
}
