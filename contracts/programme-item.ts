import * as z from "zod";

/** What feeds the programme, by falling priority. */
export const SOURCES = ["live", "relay", "show", "autopilot", "slate"] as const;
export const Source = z.enum(SOURCES);
export type Source = z.infer<typeof Source>;

/** One thing that was heard: a track, a live broadcast. It lasts until the next item's first frame. */
export const ProgrammeItem = z.object({
  /** First frame in which the item is heard. */
  frame: z.int().nonnegative(),
  source: Source,
  title: z.string().max(300),
  artist: z.string().max(300),
  /** Frames the item is expected to last; null where nobody knows (live). */
  frames: z.int().positive().nullable(),
});
export type ProgrammeItem = z.infer<typeof ProgrammeItem>;

/** What is expected to come: not yet tied to a frame. */
export const UpcomingItem = ProgrammeItem.omit({ frame: true });
export type UpcomingItem = z.infer<typeof UpcomingItem>;

/** `GET /{station}/now.json`: times are programme time, ISO 8601, so a player can show what its listener hears. */
export const NowJson = z.object({
  station: z.string(),
  name: z.string(),
  /** The item at the live edge; a player some seconds behind looks into `history`. */
  now: z
    .object({
      source: Source,
      title: z.string(),
      artist: z.string(),
      startsAt: z.iso.datetime(),
      endsAt: z.iso.datetime().nullable(),
    })
    .nullable(),
  /** Newest first, starting with `now`. */
  history: z.array(z.object({ source: Source, title: z.string(), artist: z.string(), startsAt: z.iso.datetime() })),
  next: z.array(z.object({ source: Source, title: z.string(), artist: z.string() })),
});
export type NowJson = z.infer<typeof NowJson>;
