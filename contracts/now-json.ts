import * as z from "zod";
import type { Sha256, StationSlug } from "./names.ts";
import { Source } from "./source.ts";

/** An item as listeners are told of it. */
export const ToldItem = z.object({
  source: Source,
  title: z.string(),
  artist: z.string(),
  /** Who is live. */
  host: z.string().optional(),
  /** Path of its picture at the edge, where it has one. */
  art: z.string().optional(),
});
export type ToldItem = z.infer<typeof ToldItem>;

/** `startsAt`: programme time, ISO 8601. It ends where the next one starts. */
export const HeardItem = ToldItem.extend({ startsAt: z.iso.datetime() });
export type HeardItem = z.infer<typeof HeardItem>;

/** `startsAt`: when it is planned to start; absent where nobody knows, as while a host is live. */
export const ComingItem = HeardItem.partial({ startsAt: true });
export type ComingItem = z.infer<typeof ComingItem>;

/** `GET /{station}/now.json`: keyed by programme time, so that a player can show what its listener hears. */
export const NowJson = z.object({
  station: z.string(),
  name: z.string(),
  /** The item at the live edge; a player some seconds behind looks into `history`. `endsAt`: null where nobody knows. */
  now: HeardItem.extend({ endsAt: z.iso.datetime().nullable() }).nullable(),
  /** The last hundred, newest first, starting with `now`. */
  history: z.array(HeardItem),
  /** What is expected, up to five. */
  next: z.array(ComingItem),
});
export type NowJson = z.infer<typeof NowJson>;

export function artPath(station: StationSlug, cover: Sha256): string {
  return `/${station}/art/${cover}.jpg`;
}
