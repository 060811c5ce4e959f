import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Job, JobResult } from "../../contracts/jobs.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { downloadOriginal } from "./download.ts";
import type { ChildLimits } from "./guarded-child.ts";
import type { JobClient } from "./job-client.ts";
import { keepLease, type Lease } from "./lease.ts";
import { FileRejectedError } from "./outcome.ts";
import { persist } from "./persist.ts";
import { prepareFile } from "./prepare-file.ts";
import { uploadPrepared } from "./upload.ts";

export type WorkOptions = {
  client: JobClient;
  binaries: { ffmpeg: string; ffprobe: string };
  limits: ChildLimits;
  /** For all that is written meanwhile; nothing of it is left. */
  folder: string;
  /** Aborts when the node needs itself: the job is handed back. */
  signal: AbortSignal;
  clock: Clock;
  log: Log;
};

const MAX_REASON = 500;

/** Does one job from its claim to its result, which control is told. Never rejects. */
export async function workJob(job: Job, options: WorkOptions): Promise<JobResult["outcome"] | "lost"> {
  const { client, folder, signal, clock } = options;
  const log = options.log.with({ job: job.id, station: job.station, media: job.media });
  log.info("a job begins", { bytes: job.original.bytes });
  const lease = keepLease({ client, job, clock, log });
  const workplace = join(folder, job.id);
  try {
    await mkdir(workplace, { recursive: true, mode: 0o700 });
    const result = await resultOf(job, workplace, lease, options, log);
    if (lease.lost.aborted) return "lost";
    await persist(() => client.result(job.id, result), AbortSignal.any([signal, lease.lost]));
    log.info("a job is done", { outcome: result.outcome, ...("reason" in result && { reason: result.reason }) });
    return result.outcome;
  } catch (thrown) {
    log.warn("a job ended without a word to control", { error: describe(thrown) });
    return "lost";
  } finally {
    await lease.stop();
    await rm(workplace, { recursive: true, force: true }).catch((thrown: unknown) =>
      log.error("what a job has left cannot be removed", { error: describe(thrown) }),
    );
  }
}

async function resultOf(
  job: Job,
  workplace: string,
  lease: Lease,
  { client, binaries, limits, signal: giveWay, clock }: WorkOptions,
  log: Log,
): Promise<JobResult> {
  const signal = AbortSignal.any([giveWay, lease.lost]);
  const original = { path: join(workplace, "original"), name: job.original.fileName };
  try {
    await downloadOriginal(client, job, original.path, signal, (share) =>
      lease.report({ phase: "downloading", share }),
    );
    const workbench = { ...binaries, limits, clock, signal };
    const prepared = await prepareFile(
      original,
      workplace,
      workbench,
      (phase, share) => lease.report({ phase, share }),
      log,
    );
    await uploadPrepared(client, job.id, prepared, signal, (share) => lease.report({ phase: "uploading", share }));
    return { outcome: "prepared", preparation: prepared.preparation };
  } catch (thrown) {
    if (giveWay.aborted) return { outcome: "returned", reason: "The node needs all it has for its programmes." };
    const reason = (thrown instanceof Error ? thrown.message : describe(thrown)).slice(0, MAX_REASON) || "No reason.";
    return { outcome: thrown instanceof FileRejectedError ? "rejected" : "returned", reason };
  }
}
