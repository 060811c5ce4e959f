import type { Delivery } from "../../contracts/delivery.ts";
import type { LivePolicy, OriginState, Role } from "../../contracts/fleet.ts";
import type { OriginId, RenditionName, Sha256, StationSlug } from "../../contracts/names.ts";

/** All that control knows of the fleet, as values: what the pure decisions decide upon. */

export type Station = {
  slug: StationSlug;
  name: string;
  framesPerSegment: number;
  renditions: RenditionName[];
  livePolicy: LivePolicy;
  liveAllowed: boolean;
  liveSilenceSeconds: number;
  delivery: Delivery;
  listedUntil: number | null;
  feedSecret: string;
  studio: OriginId | null;
  studioInstance: string | null;
  generation: number;
  generationFloor: number;
};

export type Origin = {
  id: OriginId;
  instance: string;
  url: string;
  rtmpUrl: string;
  roles: Role[];
  version: string;
  wire: number;
  image: string | null;
  state: OriginState;
  stateSince: number;
  weight: number;
  activeSince: number | null;
  evictions: number;
  evictedAt: number | null;
  tries: number;
  held: boolean;
  /** Whether something is still to be done about its eviction. */
  stepsOpen: boolean;
  registeredAt: number;
  /** Null when its token was revoked. */
  tokenHash: Sha256 | null;
};

export type StreamKey = { id: string; station: StationSlug; name: string; sha256: Sha256 };

export type Slicer = { station: StationSlug; origin: OriginId };

/** Each list ascending by its names. */
export type Registry = { stations: Station[]; origins: Origin[]; keys: StreamKey[]; slicers: Slicer[] };
