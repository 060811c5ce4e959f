import { z } from "zod";
import { Delivery } from "./delivery.ts";
import { OriginId, RenditionName, StationSlug } from "./names.ts";
import { INDEX_SEGMENTS } from "./station-index.ts";

/** What the edge sees of one routed origin's segments, be it in R2 or at the origin itself. */
export const SeenOrigin = z.object({
  origin: OriginId,
  weight: z.number(),
  /** Its newest segment; null when it has no index. */
  newest: z.int().nonnegative().nullable(),
  /** Ms since it wrote its index, by its clock and the edge's; null when it has none. */
  ageMs: z.int().nullable(),
  /** Segments that a peer of the same generation has too: how many are the same, and which are not. */
  agreeing: z.int().nonnegative(),
  differing: z.array(z.int().nonnegative()).max(INDEX_SEGMENTS),
});
export type SeenOrigin = z.infer<typeof SeenOrigin>;

/** `GET /{station}/health.json`: a station through the edge's own eyes, of the data centre that answers. */
export const EdgeHealth = z.object({
  station: StationSlug,
  /** Unix ms by the edge's clock. */
  now: z.int().nonnegative(),
  /** The way that the station really takes: `edge` where the edge was not told where the bucket is open. */
  delivery: Delivery.optional(),
  /** What listeners are offered: the newest number of each rendition, and whether it is heard from the reel. */
  listed: z.array(z.object({ rendition: RenditionName, newest: z.int().nonnegative(), reel: z.boolean() })),
  origins: z.array(SeenOrigin).max(64),
});
export type EdgeHealth = z.infer<typeof EdgeHealth>;
