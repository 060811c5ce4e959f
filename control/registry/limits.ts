/** Bounds of the registry: those of the contracts, and what can only be a mistake. */
export const LIMITS = {
  stations: 200,
  origins: 64,
  keysPerStation: 100,
  /** A generation rises by one; a report beyond this is not one of ours. */
  generation: 1_000_000_000,
} as const;

/** Slugs that mean something else in a path of the edge, of an origin, or of RTMP. */
export const RESERVED_SLUGS: ReadonlySet<string> = new Set([
  "api",
  "assets",
  "docs",
  "healthz",
  "live",
  "metrics",
  "origin",
  "radiodream",
]);
