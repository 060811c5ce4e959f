import { and, eq, isNull } from "drizzle-orm";
import { MAX_PREPARED_PARTS, type NewPreparedFile, PREPARED_PART_BYTES } from "../../contracts/jobs.ts";
import { coverKey, preparedKey } from "../../contracts/media.ts";
import type { OriginId, Sha256 } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { jobs, parts } from "../db/schema.ts";
import { inR2, isBadDigest } from "../media/in-r2.ts";
import { abortMultipart, assemble, beginMultipart, type Multipart, type Part, putPart } from "../media/multipart.ts";
import { conflict, Refusal } from "../refusal.ts";
import { holdJob, type JobRow } from "./hold.ts";
import { JOBS } from "./policy.ts";

const FLAC = { contentType: "audio/flac" };
const JPEG = { contentType: "image/jpeg" };

/** Where the parts of a prepared file come together, before it is known to be what its name says. */
export function draftKey({ station, media, id }: Pick<JobRow, "station" | "media" | "id">): string {
  return `media/${station}/${media}/prepared-${id}`;
}

/** Takes a part of the prepared file in, from its holder. */
export async function putPreparedPart(
  context: Context,
  bucket: R2Bucket,
  origin: OriginId,
  id: string,
  part: Part,
  body: ReadableStream,
): Promise<void> {
  if (part.number > MAX_PREPARED_PARTS || part.bytes > PREPARED_PART_BYTES) {
    throw new Refusal(
      413,
      "too_large",
      `At most ${MAX_PREPARED_PARTS} parts of ${PREPARED_PART_BYTES} bytes are taken.`,
    );
  }
  const job = await holdJob(context, origin, id);
  const multipart = await openDraft(context, bucket, job);
  await putPart(context, bucket, multipart, part, body);
}

/** Of two parts that come first at once, one begins the upload. */
async function openDraft({ db }: Context, bucket: R2Bucket, job: JobRow): Promise<Multipart> {
  const key = draftKey(job);
  if (job.multipart !== null) return { owner: job.id, key, name: job.multipart };
  const name = await beginMultipart(bucket, key, FLAC);
  const [begun] = await db
    .update(jobs)
    .set({ multipart: name })
    .where(and(eq(jobs.id, job.id), isNull(jobs.multipart)))
    .returning({ id: jobs.id });
  if (begun) return { owner: job.id, key, name };
  await abortMultipart(bucket, { key, name });
  const present = await db.query.jobs.findFirst({ where: eq(jobs.id, job.id), columns: { multipart: true } });
  if (!present?.multipart) throw new Error("the job has no upload, although somebody began one");
  return { owner: job.id, key, name: present.multipart };
}

/**
 * Puts the prepared file in its place, which its content names: R2 takes it there only if it has that hash. A 422 when it
 * has another, or another length; a conflict when its parts have not come.
 */
export async function finishPrepared(
  context: Context,
  bucket: R2Bucket,
  origin: OriginId,
  id: string,
  { sha256, bytes }: NewPreparedFile,
): Promise<void> {
  const job = await holdJob(context, origin, id, { preparedSha256: sha256 });
  const key = preparedKey(job.station, sha256);
  const present = await inR2("head", () => bucket.head(key));
  if (present !== null && present.size === bytes) return;
  if (job.multipart === null) throw partsMissing();
  const draft = { owner: job.id, key: draftKey(job), name: job.multipart };
  if (!(await assemble(context, bucket, draft))) throw partsMissing();
  const isMoved = await inR2("put", () => moveDraft(bucket, draft.key, key, { sha256, bytes }), JOBS.transferTimeoutMs);
  await context.db.batch([
    context.db.update(jobs).set({ multipart: null }).where(eq(jobs.id, id)),
    context.db.delete(parts).where(eq(parts.owner, id)),
  ]);
  if (!isMoved) throw wrongContent();
}

const partsMissing = () => conflict("parts_missing", "Send the parts of the prepared file first.");

/** False when the draft is not what it was to be. It is gone in the end, either way. */
async function moveDraft(bucket: R2Bucket, from: string, to: string, { sha256, bytes }: NewPreparedFile) {
  const draft = await bucket.get(from);
  const isWhole = draft?.size === bytes && (await putAs(bucket, to, draft.body, sha256, FLAC));
  if (!isWhole && draft?.bodyUsed === false) await draft.body.cancel();
  await bucket.delete(from);
  return isWhole;
}

/** Keeps the cover under the name of its content, and answers when it is there. */
export async function putCover(
  context: Context,
  bucket: R2Bucket,
  origin: OriginId,
  id: string,
  sha256: Sha256,
  bytes: ArrayBuffer,
): Promise<void> {
  const { station } = await holdJob(context, origin, id);
  const isStored = await inR2("put", () => putAs(bucket, coverKey(station, sha256), bytes, sha256, JPEG));
  if (!isStored) throw wrongContent();
}

/** False when it has another hash. */
async function putAs(
  bucket: R2Bucket,
  key: string,
  value: ReadableStream | ArrayBuffer,
  sha256: Sha256,
  httpMetadata: R2HTTPMetadata,
): Promise<boolean> {
  try {
    await bucket.put(key, value, { sha256, httpMetadata });
    return true;
  } catch (thrown) {
    if (isBadDigest(thrown)) return false;
    throw thrown;
  }
}

const wrongContent = () => new Refusal(422, "digest_wrong", "What arrived is not what was sent: send it again.");
