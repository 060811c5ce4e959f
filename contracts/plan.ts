import { z } from "zod";
import { MediaId, Track } from "./media.ts";
import { StationSlug } from "./names.ts";
import { RundownItem } from "./rundown-item.ts";
import { Slot } from "./slot.ts";

export { Slot, SlotContent } from "./slot.ts";

/**
 * What a station is to play, as control publishes it to R2 and origins obey it: the schedule with all its times worked
 * out, and the library it draws on. What plays at any time follows from a plan alone (`rundown/`), so that every
 * origin finds the same track at the same place, and goes on for days while control is away.
 */

const Id = z.uuid();
/** A frame number (invariant 1). */
const Frame = z.int().nonnegative();

/** `sequence`: as listed, round and round. `shuffle`: each once in an order of chance, then anew. `weighted`: by chance, heavier ones oftener. */
export const PlaylistOrder = z.enum(["sequence", "shuffle", "weighted"]);
export type PlaylistOrder = z.infer<typeof PlaylistOrder>;

export const PlannedPlaylist = z.object({
  id: Id,
  name: z.string().max(100),
  order: PlaylistOrder,
  entries: z.array(z.object({ media: MediaId, weight: z.number().positive().max(1000).default(1) })).max(10_000),
});
export type PlannedPlaylist = z.infer<typeof PlannedPlaylist>;

export const RotationRules = z.object({
  /** The same artist, and the same title, not again within so many minutes; as far as the playlist allows. */
  artistSeparationMinutes: z.int().min(0).max(240).default(60),
  titleSeparationMinutes: z.int().min(0).max(240).default(120),
  /** A jingle after so many tracks, or when so many minutes have passed since the last; null: none. */
  jingles: z
    .object({
      playlist: Id,
      every: z.union([z.object({ tracks: z.int().positive() }), z.object({ minutes: z.int().positive() })]),
    })
    .nullable()
    .default(null),
  /** How long two tracks may be heard at once, ms; 0: one after the other. */
  crossfadeMs: z.int().min(0).max(15_000).default(4000),
});
export type RotationRules = z.infer<typeof RotationRules>;

/** Another station or stream that can be put on air; its address may hold credentials. */
export const PlannedRelay = z.object({
  id: Id,
  name: z.string().max(100),
  url: z.string().max(2000),
  /** Put on air by hand now, until it is taken off. */
  isOnAir: z.boolean().default(false),
  /** Connected and measured, but never put on air. */
  isTrial: z.boolean().default(false),
});
export type PlannedRelay = z.infer<typeof PlannedRelay>;

export const StationPlan = z.object({
  schema: z.literal(1),
  station: StationSlug,
  /** Rises with each publication. */
  version: z.int().positive(),
  publishedAt: z.int().nonnegative(),
  /**
   * Frame from which this plan decides; a little ahead, so that every origin has it by then. Before it, and until the
   * item that is on air in it has ended, `carry` says what plays: no edit touches what is on air.
   */
  effectiveFrom: Frame.default(0),
  /** What the plan before this one had on, ascending: the last hours, and the item that is on air in `effectiveFrom`. */
  carry: z.array(RundownItem).max(1000).default([]),
  seed: z.string().max(64),
  /** LUFS that every track is brought to. */
  targetLoudness: z.number().min(-36).max(-8).default(-16),
  rules: RotationRules,
  /** What is played where no slot says anything else; null: the node's own folder. */
  playlist: Id.nullable(),
  playlists: z.array(PlannedPlaylist).max(500),
  tracks: z.array(Track).max(20_000),
  /** Ascending by `from`; as far ahead as control has worked out. */
  slots: z.array(Slot).max(5000),
  relays: z.array(PlannedRelay).max(100).default([]),
});
export type StationPlan = z.infer<typeof StationPlan>;

export function planKey(station: StationSlug): string {
  return `plan/${station}/current.json`;
}

/** Largest plan the edge passes on. */
export const MAX_PLAN_BYTES = 16 << 20;
