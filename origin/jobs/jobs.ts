import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "../../contracts/jobs.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { startLoop } from "../../kit/loop.ts";
import type { RungName } from "../agent/rungs.ts";
import { inTrace } from "../process/trace.ts";
import type { JobClient } from "./job-client.ts";
import { keepsItsJob, type NodeLoad, spareFor } from "./spare.ts";
import { workJob } from "./work-job.ts";

const ASK_EVERY_MS = 5000;
const LOOK_EVERY_MS = 1000;

export type JobsOptions = {
  client: JobClient;
  binaries: { ffmpeg: string; ffprobe: string };
  /** Its folder `jobs` is this part's alone. */
  dataFolder: string;
  load(): Promise<NodeLoad>;
  rung(): RungName;
  clock: Clock;
  log: Log;
  askEveryMs?: number;
};

export type JobOutcome = Awaited<ReturnType<typeof workJob>>;

export type Jobs = {
  /** Whether one is under way, and how the others ended. */
  counts(): { running: number; ended: Readonly<Record<JobOutcome, number>> };
  stop(): Promise<void>;
};

/** Prepares files for control while the node has capacity to spare, one at a time. */
export function startJobs(options: JobsOptions): Jobs {
  const { client, log, rung } = options;
  const folder = join(options.dataFolder, "jobs");
  // What a killed process has left is in nobody's way: it is gone before the first job begins.
  const cleared = rm(folder, { recursive: true, force: true }).catch((thrown: unknown) =>
    log.warn("what old jobs have left cannot be removed", { error: describe(thrown) }),
  );

  const ended: Record<JobOutcome, number> = { prepared: 0, rejected: 0, returned: 0, lost: 0 };
  let running = 0;
  let lastProblem = "";
  async function claim(): Promise<Job | null> {
    try {
      const job = await client.claim();
      lastProblem = "";
      return job;
    } catch (thrown) {
      const problem = describe(thrown);
      if (problem !== lastProblem) log.info("control cannot be asked for jobs", { problem });
      lastProblem = problem;
      return null;
    }
  }

  async function step(stopped: AbortSignal): Promise<void> {
    await cleared;
    const limits = spareFor(await options.load());
    if (limits === null || stopped.aborted) return;
    const job = await claim();
    if (job === null) return;
    const givesWay = new AbortController();
    const watch = setInterval(() => {
      if (!keepsItsJob(rung())) givesWay.abort();
    }, LOOK_EVERY_MS);
    const signal = AbortSignal.any([stopped, givesWay.signal]);
    running = 1;
    const outcome = await inTrace(() => workJob(job, { ...options, folder, limits, signal }));
    running = 0;
    ended[outcome] += 1;
    clearInterval(watch);
  }

  const loop = startLoop("the work on jobs", options.askEveryMs ?? ASK_EVERY_MS, step, log);
  return { counts: () => ({ running, ended }), stop: () => loop.stop() };
}
