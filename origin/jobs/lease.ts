import type { Job, JobProgress } from "../../contracts/jobs.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { startLoop } from "../../kit/loop.ts";
import { type JobClient, LeaseLostError } from "./job-client.ts";

/** How often control hears of a job: often enough for people who watch, and several times within the lease. */
const EVERY_MS = 3000;
const TIMES = 4;

export type Lease = {
  /** Aborts when the job is another's: it was said so, or it may be, control being silent for longer than the lease. */
  readonly lost: AbortSignal;
  report(progress: JobProgress): void;
  stop(): Promise<void>;
};

/** Keeps a job this origin's, and tells control how far it is. */
export function keepLease(options: {
  client: Pick<JobClient, "progress">;
  job: Pick<Job, "id" | "lease">;
  clock: Clock;
  log: Log;
}): Lease {
  const { client, job, clock, log } = options;
  const lost = new AbortController();
  let progress: JobProgress = { phase: "downloading", share: 0 };
  let validUntil = clock.monotonic() + job.lease;

  async function renew(): Promise<void> {
    const askedAt = clock.monotonic();
    try {
      const { lease } = await client.progress(job.id, progress);
      validUntil = askedAt + lease;
    } catch (thrown) {
      log.warn("a job's lease was not renewed", { job: job.id, error: describe(thrown) });
      if (thrown instanceof LeaseLostError || clock.monotonic() >= validUntil)
        lost.abort(new LeaseLostError("the job is not this origin's any more"));
    }
  }

  const loop = startLoop("a job's lease", Math.min(EVERY_MS, job.lease / TIMES), renew, log);
  return {
    lost: lost.signal,
    report(next) {
      progress = next;
    },
    stop: () => loop.stop(),
  };
}
