import type { Edge, EdgeContext } from "../edge.ts";
import { EdgeError } from "../edge-error.ts";
import { authenticate } from "./authenticate.ts";

/** Lets an origin in to what it sends and asks of a station. Throws 401 without its token, 403 for what is no station. */
export async function admit(edge: Edge, context: EdgeContext, station: string) {
  const reach = edge.reachOf(context);
  const { origin, routing } = await authenticate(context.req.raw, edge.routing, reach);
  if (!Object.hasOwn(routing.stations, station)) {
    throw new EdgeError(403, "foreign_prefix", "The origin has no part in such a station.");
  }
  return { station, origin, routing, reach };
}
