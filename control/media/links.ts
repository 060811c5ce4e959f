import { z } from "zod";
import type { MediaId } from "../../contracts/media.ts";
import {
  formatLink,
  MediaFile,
  type MediaLink,
  MediaSigning,
  mediaPath,
  mediaSigningKey,
  signedLinkText,
} from "../../contracts/media-link.ts";
import type { StationSlug } from "../../contracts/names.ts";
import { randomSecret } from "../auth/secret.ts";
import type { Context } from "../context.ts";
import { conflict, notFound } from "../refusal.ts";
import { inR2 } from "./in-r2.ts";
import { MEDIA } from "./policy.ts";
import { findMedia, type MediaRow } from "./read-media.ts";

export const NewLink = z.strictObject({
  file: MediaFile.default("original"),
  /** How long it is good for, in s. */
  seconds: z
    .int()
    .positive()
    .max(MEDIA.maxLinkMs / 1000)
    .default(86_400),
});

/** Below the edge's own address; `expires` in Unix s. */
export type Link = { path: string; expires: number };

/** An address to give away. Conflict: the file is not approved. */
export async function createLink(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  id: MediaId,
  input: z.input<typeof NewLink>,
): Promise<Link> {
  const { file, seconds } = NewLink.parse(input);
  const row = await findMedia(context, station, id);
  if (row.state !== "approved") throw conflict("not_approved", "Only approved files are given away.");
  return sign(context, bucket, row, file, seconds);
}

/** An address under which reviewers listen to a file in any state: the prepared one where there is one. */
export async function createAudition(
  context: Context,
  bucket: R2Bucket,
  station: StationSlug,
  id: MediaId,
  file: MediaFile | undefined,
): Promise<Link> {
  const row = await findMedia(context, station, id);
  const best = row.preparation === null ? "original" : "prepared";
  return sign(context, bucket, row, file ?? best, MEDIA.auditionMs / 1000);
}

/** Where a file is found while it is public; null for what there is not of it. */
export function publicPathsOf({ station, id, preparation }: MediaRow) {
  return {
    original: mediaPath(station, id, "original"),
    prepared: preparation ? mediaPath(station, id, "prepared") : null,
    cover: preparation?.cover ? mediaPath(station, id, "cover") : null,
  };
}

async function sign(
  { clock }: Context,
  bucket: R2Bucket,
  row: MediaRow,
  file: MediaFile,
  seconds: number,
): Promise<Link> {
  const expires = Math.floor(clock.now() / 1000) + seconds;
  const link: MediaLink = { station: row.station, media: row.id, file, object: objectOf(row, file), expires };
  const signature = await hmac(await readSecret(bucket, row.station), signedLinkText(link));
  return { path: formatLink(link, signature), expires };
}

function objectOf({ id, preparation }: MediaRow, file: MediaFile) {
  if (file === "original") return null;
  const object = file === "prepared" ? preparation?.prepared : preparation?.cover;
  if (!object) throw notFound(`${file} of file ${id}`);
  return object.sha256;
}

/** The station's; made when it is first needed, by one of those who need it. */
async function readSecret(bucket: R2Bucket, station: StationSlug): Promise<string> {
  const key = mediaSigningKey(station);
  const read = () => inR2("get", async () => (await bucket.get(key))?.json());
  const present = await read();
  if (present !== undefined) return MediaSigning.parse(present).secret;
  const made: MediaSigning = { schema: 1, secret: randomSecret() };
  const options = { onlyIf: { etagDoesNotMatch: "*" }, httpMetadata: { contentType: "application/json" } };
  await inR2("put", () => bucket.put(key, JSON.stringify(made), options));
  return MediaSigning.parse(await read()).secret;
}

async function hmac(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(text));
  return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
