import { statfs } from "node:fs/promises";
import { type Distribution, type Family, family, oneOf, sample, single } from "../../kit/metrics/metric.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Agent } from "../agent/agent.ts";
import type { IncidentQueue } from "../agent/incident-queue.ts";
import type { Ladder } from "../agent/ladder-watch.ts";
import { probeDescriptors } from "../agent/probes/descriptors.ts";
import { probeMemory } from "../agent/probes/memory.ts";
import { RUNGS, type RungName } from "../agent/rungs.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { PreparedCache } from "../plan/prepared-cache.ts";
import { ORIGIN_METRICS as METRICS } from "./catalogue.ts";

export type MeasuredNode = {
  version: string;
  dataFolder: string;
  cacheBytes: number;
  ladder: Pick<Ladder, "standing">;
  agent: Pick<Agent, "controlSilentMs" | "clockOffsetMs">;
  incidents: Pick<IncidentQueue, "counts">;
  prepared: Pick<PreparedCache, "held">;
  /** Null where none are taken. */
  jobs: Pick<Jobs, "counts"> | null;
  eventLoop: { delays(): Distribution };
};

const PROBE_WITHIN_MS = 1000;

/** What there is to tell of the node itself. Never rejects: what the system does not tell is left out. */
export async function familiesOfNode(node: MeasuredNode): Promise<Family[]> {
  const { rung, serving } = node.ladder.standing();
  const held = node.prepared.held();
  const jobs = node.jobs?.counts();
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);
  return [
    family(METRICS.build, sample({ part: "origin", version: node.version, runtime: process.version }, 1)),
    family(
      METRICS.rung,
      oneOf(Object.keys(RUNGS) as RungName[], rung, (name) => ({ rung: name })),
    ),
    single(METRICS.serving, serving ? 1 : 0),
    family(
      METRICS.incidents,
      [...node.incidents.counts()].flatMap(([kind, count]) => sample({ kind }, count)),
    ),
    single(METRICS.controlSilence, seconds(node.agent.controlSilentMs())),
    single(METRICS.clockOffset, seconds(node.agent.clockOffsetMs())),
    single(METRICS.cacheFiles, held.length),
    single(
      METRICS.cacheBytes,
      held.reduce((sum, { bytes }) => sum + bytes, 0),
    ),
    single(METRICS.cacheLimit, node.cacheBytes),
    single(METRICS.jobsRunning, jobs?.running),
    family(
      METRICS.jobs,
      Object.entries(jobs?.ended ?? {}).flatMap(([outcome, count]) => sample({ outcome }, count)),
    ),
    single(METRICS.eventLoop, node.eventLoop.delays()),
    ...(await familiesOfSystem(node.dataFolder)),
  ];
}

async function familiesOfSystem(dataFolder: string): Promise<Family[]> {
  const [memory, freeBytes, descriptors] = await Promise.all([
    probeMemory(),
    withTimeout(PROBE_WITHIN_MS, "statfs", () => statfs(dataFolder)).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    ),
    probeDescriptors(),
  ]);
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return [
    single(METRICS.memoryUsed, memory.limitBytes === null ? null : memory.usedBytes),
    single(METRICS.memoryLimit, memory.limitBytes),
    single(METRICS.diskFree, freeBytes),
    single(METRICS.cpu, (user + system) / 1e6),
    single(METRICS.resident, rss),
    single(METRICS.heap, heapUsed),
    single(METRICS.external, external),
    single(METRICS.started, Math.round(performance.timeOrigin) / 1000),
    single(METRICS.descriptors, descriptors.used),
    single(METRICS.descriptorsLimit, descriptors.limit),
  ];
}
