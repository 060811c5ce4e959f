import { z } from "zod";
import { OriginId, RenditionName, Sha256, StationSlug } from "./names.ts";
import { Source } from "./programme-item.ts";
import { RelayReport } from "./relay.ts";
import { WireVersion } from "./version.ts";

/** What origins and control say to one another: registration, heartbeats, and the desired state that answers both. */

export const HEARTBEAT_MS = 2000;

export const Role = z.enum(["studio", "slicer"]);
export type Role = z.infer<typeof Role>;

/** The states of the origin state machine; health moves an origin between them. */
export const OriginState = z.enum([
  "registering",
  "trial",
  "active",
  "suspect",
  "evicted",
  "reprovisioning",
  "failed",
  "draining",
]);
export type OriginState = z.infer<typeof OriginState>;

/** `auto`: a host is on air as soon as its audio is steady. `armed`: only after `live/start`. */
export const LivePolicy = z.enum(["auto", "armed"]);
export type LivePolicy = z.infer<typeof LivePolicy>;

/** After so long a silence a host or a relay is taken off the air until it is heard again; 0: never. */
export const LiveSilenceSeconds = z.int().min(0).max(3600).default(15);

export const DesiredStation = z.object({
  slug: StationSlug,
  name: z.string(),
  framesPerSegment: z.int().positive(),
  renditions: z.array(RenditionName).min(1).max(6),
  generation: z.int().nonnegative(),
  /** What this origin is to do for the station. */
  roles: z.array(Role),
  /** The origin that makes the programme, and where its HTTP-FLV and feed are reached. */
  studio: z.object({ origin: OriginId, url: z.url({ protocol: /^https?$/ }) }).nullable(),
  livePolicy: LivePolicy,
  /** Whether a live host may be on air now; `live/start` and `live/stop` set it. */
  liveAllowed: z.boolean(),
  liveSilenceSeconds: LiveSilenceSeconds,
  /** Stream keys by hash, so that no connection needs to ask control. */
  keys: z.array(z.object({ id: z.string(), name: z.string(), sha256: Sha256 })).max(100),
  /** With this the origins of the station hand a live host on to the studio. */
  feedSecret: z.string().min(32).max(128),
});
export type DesiredStation = z.infer<typeof DesiredStation>;

export const DesiredState = z.object({
  origin: OriginId,
  /** Unix ms by control's clock. */
  now: z.int().nonnegative(),
  stations: z.array(DesiredStation).max(200),
});
export type DesiredState = z.infer<typeof DesiredState>;

/** `POST /api/v1/origins/register`, with the enrolment token (new, or token lost) or the origin's own token. */
export const Registration = z.object({
  id: OriginId,
  /** Made anew at each start of the process. */
  instance: z.uuid(),
  url: z.url({ protocol: /^https?$/ }),
  rtmpUrl: z.url({ protocol: /^rtmps?$/ }),
  roles: z.array(Role).min(1),
  /** Its release. */
  version: z.string().max(40),
  /** Absent: the first. */
  wire: WireVersion.optional(),
  /** Newest generation of each station that this origin has worked under, should control have lost its memory. */
  generations: z.record(StationSlug, z.int().nonnegative()),
});
export type Registration = z.infer<typeof Registration>;

export const RegistrationAnswer = z.object({
  /** Present only when the enrolment token was used: shown this once. */
  token: z.string().optional(),
  desired: DesiredState,
});
export type RegistrationAnswer = z.infer<typeof RegistrationAnswer>;

/** What an incident is called: words with hyphens. */
export const IncidentKind = z
  .string()
  .regex(/^[a-z]+(?:-[a-z]+)*$/)
  .max(60);

/** Something an operator should read afterwards. The id makes a repeated report one incident. */
export const IncidentReport = z.object({
  id: z.uuid(),
  at: z.int().nonnegative(),
  kind: IncidentKind,
  station: StationSlug.nullable(),
  message: z.string().max(1000),
});
export type IncidentReport = z.infer<typeof IncidentReport>;

export const StationReport = z.object({
  slug: StationSlug,
  roles: z.array(Role),
  generation: z.int().nonnegative(),
  /** What is on air; null where this origin is not the studio. */
  source: Source.nullable(),
  /** Newest segment sliced and newest segment uploaded; null before the first. */
  sliced: z.int().nonnegative().nullable(),
  published: z.int().nonnegative().nullable(),
  /** Segments that wait for upload. */
  queued: z.int().nonnegative(),
  /** Ms since this origin last heard a frame of the programme; null when it listens to none. Absent: it does not say. */
  heardMs: z.int().nonnegative().nullable().optional(),
  /** A host whose audio arrives at this origin. */
  live: z.object({ keyId: z.string(), name: z.string(), onAir: z.boolean() }).nullable(),
  /** The relays that this origin is connected to as the studio, and those it measures. */
  relays: z.array(RelayReport).max(20).optional(),
});
export type StationReport = z.infer<typeof StationReport>;

/**
 * `POST /api/v1/origins/{id}/heartbeat`, with the origin's own token: every two seconds, and at once when frames stop, a
 * host comes or goes, the studio moves or the rung changes.
 */
export const Heartbeat = z.object({
  instance: z.uuid(),
  /** Absent: the first. */
  wire: WireVersion.optional(),
  /** Unix ms by the origin's clock. */
  now: z.int().nonnegative(),
  /** The present rung of the ladder on the node. */
  rung: z.string().max(40),
  /** What was found there, in words; absent where all is well. */
  rungDetail: z.string().max(500).optional(),
  /** The node is being stopped in good order: what it does should be done elsewhere. */
  leaving: z.boolean().optional(),
  stations: z.array(StationReport).max(200),
  incidents: z.array(IncidentReport).max(50),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

export const HeartbeatAnswer = z.object({ desired: DesiredState });
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;
