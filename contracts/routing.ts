import { z } from "zod";
import { Delivery } from "./delivery.ts";
import { OriginId, RenditionName, Sha256, StationSlug } from "./names.ts";

/**
 * The snapshot that control publishes to R2 and the edge obeys: the only thing the listener's path knows of the fleet
 * (invariant 4). It never leaves R2 and the edge, for it holds the hashes of the upload tokens.
 */
export const ROUTING_KEY = "routing/current.json";
/** The same once more, for the edge that starts while the other is missing or corrupt. */
export const ROUTING_COPY_KEY = "routing/copy.json";

export const RoutedSlicer = z.object({
  origin: OriginId,
  /** Share of the traffic, relative to the other slicers; 0 takes part in nothing but the last resort. */
  weight: z.number().min(0).max(1000),
});
export type RoutedSlicer = z.infer<typeof RoutedSlicer>;

export const RoutedStation = z.object({
  name: z.string(),
  framesPerSegment: z.int().positive(),
  renditions: z.array(RenditionName).min(1).max(6),
  generation: z.int().nonnegative(),
  studio: OriginId.nullable(),
  slicers: z.array(RoutedSlicer).max(64),
  /** Absent: `edge`. */
  delivery: Delivery.optional(),
  /** Until when (Unix ms) the bucket's playlists are kept up although the delivery is `edge` again: players hold them. */
  listedUntil: z.int().nonnegative().optional(),
});
export type RoutedStation = z.infer<typeof RoutedStation>;

export const RoutedOrigin = z.object({
  /** Where the edge fetches from the origin itself when R2 cannot. */
  url: z.url({ protocol: /^https?$/ }),
  /** SHA-256 of the token with which the origin uploads; null refuses all its uploads. */
  tokenHash: Sha256.nullable(),
});
export type RoutedOrigin = z.infer<typeof RoutedOrigin>;

export const Routing = z.object({
  schema: z.literal(1),
  /** Rises with each publication. */
  version: z.int().positive(),
  publishedAt: z.int().nonnegative(),
  origins: z.record(OriginId, RoutedOrigin),
  stations: z.record(StationSlug, RoutedStation),
});
export type Routing = z.infer<typeof Routing>;
