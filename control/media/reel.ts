import type { StationSlug } from "../../contracts/names.ts";
import { ReelManifest } from "../../contracts/reel.ts";
import { reelKey, reelManifestKey } from "../../contracts/storage.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Context } from "../context.ts";
import { incidents } from "../db/schema.ts";
import { incidentOf } from "../health/incident.ts";
import { POLICY } from "../health/policy.ts";
import { notFound, Refusal } from "../refusal.ts";
import { readStation } from "../registry/read-stations.ts";

/** A station's own reel in R2, which the edge plays when no origin can be heard. */

/** The reel's manifest. Throws a 404 where the station has none of its own. */
export async function readReel(context: Context, bucket: R2Bucket, slug: StationSlug): Promise<ReelManifest> {
  await readStation(context, slug);
  const manifest = await readManifest(bucket, slug);
  if (manifest === null) throw notFound(`reel of station ${slug}: the default one is played`);
  return manifest;
}

/** Keeps an object that a manifest is to name. Throws a 422 when its hash is another. */
export async function storeReelObject(
  context: Context,
  bucket: R2Bucket,
  slug: StationSlug,
  sha256: string,
  bytes: ArrayBuffer,
): Promise<void> {
  await readStation(context, slug);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const actual = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (actual !== sha256) throw new Refusal(422, "digest_wrong", "The content does not have the hash in its address.");
  await inR2("put", () => bucket.put(reelKey(slug, sha256), bytes, { sha256 }));
}

/** Puts the reel in place once all its objects are there (422 before), and forgets those of the one before it. */
export async function setReel(
  context: Context,
  bucket: R2Bucket,
  slug: StationSlug,
  manifest: ReelManifest,
): Promise<void> {
  await readStation(context, slug);
  for (const [rendition, { sha256, pieces }] of Object.entries(manifest.renditions)) {
    const object = await inR2("head", () => bucket.head(reelKey(slug, sha256)));
    if (object?.size !== pieces.reduce((sum, bytes) => sum + bytes, 0)) {
      throw new Refusal(422, "reel_incomplete", `The object of ${rendition} is not there, or of another size.`);
    }
  }
  const before = await readManifest(bucket, slug);
  await inR2("put", () => bucket.put(reelManifestKey(slug), JSON.stringify(manifest)));
  await forgetObjects(bucket, slug, before, manifest);
  await tell(context, slug, "reel-set", `the reel is "${manifest.title}" now`);
}

/** From now on the default reel is played. */
export async function removeReel(context: Context, bucket: R2Bucket, slug: StationSlug): Promise<void> {
  await readStation(context, slug);
  const before = await readManifest(bucket, slug);
  await inR2("delete", () => bucket.delete(reelManifestKey(slug)));
  await forgetObjects(bucket, slug, before, null);
  if (before !== null) await tell(context, slug, "reel-removed", "the reel is the default one now");
}

async function readManifest(bucket: R2Bucket, slug: StationSlug): Promise<ReelManifest | null> {
  const text = await inR2("get", async () => (await bucket.get(reelManifestKey(slug)))?.text());
  return text === undefined ? null : ReelManifest.parse(JSON.parse(text));
}

async function forgetObjects(
  bucket: R2Bucket,
  slug: StationSlug,
  before: ReelManifest | null,
  after: ReelManifest | null,
): Promise<void> {
  const kept = new Set(Object.values(after?.renditions ?? {}).map(({ sha256 }) => sha256));
  const left = Object.values(before?.renditions ?? {}).filter(({ sha256 }) => !kept.has(sha256));
  if (left.length > 0) await inR2("delete", () => bucket.delete(left.map(({ sha256 }) => reelKey(slug, sha256))));
}

async function tell(context: Context, station: StationSlug, kind: string, message: string): Promise<void> {
  await context.db.insert(incidents).values(incidentOf(context, { kind, station, message }));
}

function inR2<T>(verb: string, work: () => Promise<T>): Promise<T> {
  return withTimeout(POLICY.bucketTimeoutMs, `R2 ${verb}`, work);
}
