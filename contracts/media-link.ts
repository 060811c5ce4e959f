import { z } from "zod";
import type { MediaId } from "./media.ts";
import { Sha256, type StationSlug } from "./names.ts";

/**
 * Files of a library at the edge, `/{station}/media/{id}/{file}`: for everyone while the file is public, and for whoever
 * has an address that is signed and not yet run out (`?expires={Unix s}&object={hash}&signature={hex}`). The edge asks R2
 * alone: that a file is public says an object, and the key to the signatures is one.
 */
export const MediaFile = z.enum(["original", "prepared", "cover"]);
export type MediaFile = z.infer<typeof MediaFile>;

/** While this lies in R2 the file is public. Prepared files and covers are named by their content. */
export const PublicMedia = z.object({
  schema: z.literal(1),
  prepared: Sha256,
  cover: Sha256.nullable(),
});
export type PublicMedia = z.infer<typeof PublicMedia>;

/** With this control signs and the edge verifies; another one ends all addresses that were given away. */
export const MediaSigning = z.object({ schema: z.literal(1), secret: z.string().min(32).max(128) });
export type MediaSigning = z.infer<typeof MediaSigning>;

export type MediaLink = {
  station: StationSlug;
  media: MediaId;
  file: MediaFile;
  /** Of the prepared file or the cover, by which they are found; null for the original. */
  object: Sha256 | null;
  /** Unix s. */
  expires: number;
};

export function publicMediaKey(station: StationSlug, media: MediaId): string {
  return `media/${station}/public/${media}.json`;
}

export function mediaSigningKey(station: StationSlug): string {
  return `media/${station}/signing.json`;
}

export function mediaPath(station: StationSlug, media: MediaId, file: MediaFile): string {
  return `/${station}/media/${media}/${file}`;
}

/** What is signed, by HMAC-SHA-256 (RFC 2104). */
export function signedLinkText({ station, media, file, object, expires }: MediaLink): string {
  return `${mediaPath(station, media, file)}\n${object ?? ""}\n${expires}`;
}

export function formatLink(link: MediaLink, signature: string): string {
  const object = link.object === null ? "" : `&object=${link.object}`;
  return `${mediaPath(link.station, link.media, link.file)}?expires=${link.expires}${object}&signature=${signature}`;
}

const LinkQuery = z.object({
  expires: z
    .string()
    .regex(/^[1-9]\d{0,11}$/)
    .transform(Number),
  object: Sha256.nullable(),
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Expiry, object and signature of an address; null when it has not all of them in their form. */
export function parseLinkQuery(query: URLSearchParams): z.infer<typeof LinkQuery> | null {
  const [expires, object, signature] = ["expires", "object", "signature"].map((name) => query.get(name));
  return LinkQuery.safeParse({ expires, object, signature }).data ?? null;
}
