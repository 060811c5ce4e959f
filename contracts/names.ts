import { z } from "zod";

/** The names that appear in paths, keys and tables. Their alphabets keep them safe in all of these unescaped. */

export const StationSlug = z.string().regex(/^[a-z0-9-]{1,40}$/, "lower-case letters, digits and hyphens, 1 to 40");
export type StationSlug = z.infer<typeof StationSlug>;

export const OriginId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "lower-case letters, digits and hyphens, 1 to 63");
export type OriginId = z.infer<typeof OriginId>;

/** One encoding of the programme, named by codec and bit rate: `aac-48k`. */
export const RenditionName = z.string().regex(/^aac-(?:[1-9]\d|[12]\d\d|3[01]\d|320)k$/, "aac-{kbit/s}k, 10 to 320");
export type RenditionName = z.infer<typeof RenditionName>;

export const DEFAULT_RENDITIONS: readonly RenditionName[] = ["aac-48k", "aac-128k"];

/** Bits per second of a rendition's AAC. */
export function bitrateOf(rendition: RenditionName): number {
  return Number(rendition.slice("aac-".length, -1)) * 1000;
}

/**
 * Path under which node-media-server carries a rendition of the programme; the station's first rendition has the
 * plain name, since that is what people type into a player.
 */
export function programmePath(
  station: StationSlug,
  rendition: RenditionName,
  renditions: readonly RenditionName[],
): string {
  return rendition === renditions[0] ? `/radiodream/${station}` : `/radiodream/${station}_${rendition}`;
}

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits");
export type Sha256 = z.infer<typeof Sha256>;
