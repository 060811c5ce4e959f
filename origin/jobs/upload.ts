import { openAsBlob } from "node:fs";
import { type JobId, PREPARED_PART_BYTES } from "../../contracts/jobs.ts";
import type { JobClient } from "./job-client.ts";
import { JobReturnedError } from "./outcome.ts";
import { persist } from "./persist.ts";
import type { Prepared } from "./prepare-file.ts";

/** Hands control what was prepared, in parts that are read from the disk as they are sent; what it has already, it is spared. */
export async function uploadPrepared(
  client: Pick<JobClient, "putPart" | "finish" | "putCover">,
  job: JobId,
  { preparation, path, cover }: Prepared,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  const { sha256, bytes } = preparation.prepared;
  const finish = () => persist(() => client.finish(job, { sha256, bytes }, signal), signal);
  if (preparation.cover !== null && cover !== null) {
    const { sha256: coverHash } = preparation.cover;
    await persist(() => client.putCover(job, cover, coverHash, signal), signal);
  }
  if (await finish()) return;

  const file = await openAsBlob(path);
  for (let from = 0, part = 1; from < bytes; from += PREPARED_PART_BYTES, part++) {
    const body = file.slice(from, from + PREPARED_PART_BYTES);
    await persist(() => client.putPart(job, part, body, signal), signal);
    onProgress(Math.min(1, (from + PREPARED_PART_BYTES) / bytes));
  }
  if (!(await finish())) throw new JobReturnedError("What was uploaded is not what control has got.");
}
