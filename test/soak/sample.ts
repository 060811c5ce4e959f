import { readFile } from "node:fs/promises";
import { z } from "zod";
import { StationReport } from "../../contracts/fleet.ts";
import { frameAt, segmentOf } from "../../contracts/timeline.ts";
import { memoryOf, processTree } from "../harness/processes.ts";
import type { Counters } from "./cgroup/counters.ts";
import type { Punctuality } from "./frame-watch.ts";
import type { Subject } from "./subject.ts";

/** What is seen of a node at one moment; how punctual its frames were is since the sample before. */
export type Sample = {
  seconds: number;
  counters: Counters;
  /** The node's own process: bytes, and how long it could have run and had to wait for a processor so far. */
  node: { resident: number; anonymous: number; waitedSeconds: number };
  /** All ffmpegs together. */
  ffmpeg: { processes: number; resident: number; anonymous: number };
  /** Null: the health check succeeded. */
  healthProblem: string | null;
  /** Segments from the clock to the newest published, of the station that is furthest behind. */
  segmentsBehind: number;
  isLive: boolean;
  punctuality: Punctuality;
};

const HEALTH_MS = 3000;
const FRAMES_PER_SEGMENT = 150;
const Health = z.object({ ok: z.boolean(), stations: z.array(StationReport) });
type Health = z.infer<typeof Health>;

/** Looks at a node. Throws when its process has ended. */
export async function takeSample(subject: Subject, startedAt: number): Promise<Sample> {
  const root = subject.pid;
  const [counters, waitedSeconds, processes, health] = await Promise.all([
    subject.counters(),
    waitedOf(root),
    processTree(root),
    askHealth(`${subject.stack.origin("origin-1").httpUrl}/healthz`),
  ]);
  const memories = await Promise.all(
    processes.map(async ({ pid, name }) => ({ pid, name, memory: await memoryOf(pid) })),
  );
  const present = memories.flatMap(({ pid, name, memory }) => (memory === null ? [] : [{ pid, name, ...memory }]));
  const node = present.find(({ pid }) => pid === root);
  const ffmpegs = present.filter(({ name }) => name === "ffmpeg");
  const stations = typeof health === "string" ? [] : health.stations;
  return {
    seconds: (performance.now() - startedAt) / 1000,
    counters,
    node: { resident: node?.resident ?? 0, anonymous: node?.anonymous ?? 0, waitedSeconds },
    ffmpeg: {
      processes: ffmpegs.length,
      resident: sum(ffmpegs.map(({ resident }) => resident)),
      anonymous: sum(ffmpegs.map(({ anonymous }) => anonymous)),
    },
    healthProblem: typeof health === "string" ? health : null,
    segmentsBehind: Math.max(0, ...stations.map(segmentsBehind)),
    isLive: stations.some(({ source }) => source === "live"),
    punctuality: subject.frames.map((watch) => watch.take()).reduce(together),
  };
}

/** The second figure of /proc/[pid]/schedstat, in ns (sched-stats.rst): limits make it longer, and busy neighbours do. */
async function waitedOf(pid: number): Promise<number> {
  const [, waited = 0] = (await readFile(`/proc/${pid}/schedstat`, "utf8")).split(" ");
  return Number(waited) / 1e9;
}

/** The answer, or what is wrong with it. */
async function askHealth(url: string): Promise<Health | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_MS) });
    if (!response.ok) return `${response.status} ${(await response.text()).slice(0, 200)}`;
    return Health.parse(await response.json());
  } catch (thrown) {
    return String(thrown);
  }
}

function segmentsBehind({ published }: StationReport): number {
  return published === null ? 0 : segmentOf(frameAt(Date.now()), FRAMES_PER_SEGMENT) - published;
}

function together(one: Punctuality, other: Punctuality): Punctuality {
  return {
    frames: one.frames + other.frames,
    missing: one.missing + other.missing,
    late: one.late + other.late,
    worstMs: Math.max(one.worstMs, other.worstMs),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
