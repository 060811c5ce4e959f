import type { Sample } from "./sample.ts";
import { type Point, type Slope, slopeOf } from "./slope.ts";

/** A soak in figures. Memory in bytes. */
export type Figures = {
  seconds: number;
  samples: number;
  anonymous: { mean: number; most: number };
  cache: { mean: number; most: number };
  nodeResident: { mean: number; most: number };
  nodeAnonymous: { mean: number; most: number };
  ffmpegAnonymous: { mean: number; most: number };
  limitHits: number;
  oomKills: number;
  majorFaults: number;
  /** Share of one core. */
  cpu: number;
  throttledPeriods: number;
  throttledSeconds: number;
  /** Of the node's process for a processor. */
  waitedSeconds: number;
  healthChecksFailed: number;
  frames: number;
  framesMissing: number;
  framesLate: number;
  worstMs: number;
  mostSegmentsBehind: number;
  /** Bytes an hour, of the time without a host and after the start; null where that was too short. */
  anonymousGrowth: Slope | null;
  residentGrowth: Slope | null;
};

export type Promised = {
  minutes: number;
  /** The most that anonymous memory may be; null: as much as there is. */
  anonymousBytes: number | null;
};

export type Verdict = { claim: string; holds: boolean; seen: string };

/** Until a node has settled: code is compiled, and hosts have come and gone. Of a soak of less than an hour, half of it. */
const SETTLED_AFTER_S = 1800;
/** Samples are averaged in blocks, since garbage makes single ones jump. */
const BLOCK_S = 60;
/** Below this an hour nothing would be noticed in the life of a container. */
const SMALL_GROWTH = 0.5 * (1 << 20);
/** One being sliced, one waiting for its level, one under way. */
const SEGMENTS_UNDER_WAY = 4;
/** The last sample is taken somewhat before the end. */
const LAST_SAMPLES_S = 30;
const CPU_ALLOWANCE = 1.1;

export function figuresOf(samples: readonly Sample[]): Figures {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) throw new Error("nothing was measured");
  const seconds = last.seconds - first.seconds;
  const range = (value: (sample: Sample) => number) => {
    const values = samples.map(value);
    return { mean: sum(values) / values.length, most: Math.max(...values) };
  };
  const steady = samples.filter((sample) => !sample.isLive && sample.seconds >= Math.min(SETTLED_AFTER_S, seconds / 2));
  const growth = (value: (sample: Sample) => number) =>
    slopeOf(blocks(steady.map((sample) => ({ seconds: sample.seconds, value: value(sample) }))));
  return {
    seconds,
    samples: samples.length,
    anonymous: range(({ counters }) => counters.anonymous),
    cache: range(({ counters }) => counters.cache),
    nodeResident: range(({ node }) => node.resident),
    nodeAnonymous: range(({ node }) => node.anonymous),
    ffmpegAnonymous: range(({ ffmpeg }) => ffmpeg.anonymous),
    limitHits: last.counters.limitHits - first.counters.limitHits,
    oomKills: last.counters.oomKills,
    majorFaults: last.counters.majorFaults - first.counters.majorFaults,
    cpu: (last.counters.cpuSeconds - first.counters.cpuSeconds) / seconds,
    throttledPeriods: last.counters.throttledPeriods - first.counters.throttledPeriods,
    throttledSeconds: last.counters.throttledSeconds - first.counters.throttledSeconds,
    waitedSeconds: last.node.waitedSeconds - first.node.waitedSeconds,
    healthChecksFailed: samples.filter(({ healthProblem }) => healthProblem !== null).length,
    frames: sum(samples.map(({ punctuality }) => punctuality.frames)),
    framesMissing: sum(samples.map(({ punctuality }) => punctuality.missing)),
    framesLate: sum(samples.map(({ punctuality }) => punctuality.late)),
    worstMs: Math.max(...samples.map(({ punctuality }) => punctuality.worstMs)),
    mostSegmentsBehind: Math.max(...samples.map(({ segmentsBehind }) => segmentsBehind)),
    anonymousGrowth: growth(({ counters }) => counters.anonymous),
    residentGrowth: growth(({ node }) => node.resident),
  };
}

/** What the node has to keep, and whether it did; `twin` ran without limits in the same time. */
export function judge(limited: Figures, twin: Figures | null, { minutes, anonymousBytes }: Promised): Verdict[] {
  const { cpu, oomKills, healthChecksFailed, framesLate, framesMissing, mostSegmentsBehind } = limited;
  const verdicts: Verdict[] = [
    {
      claim: `it ran for ${minutes} minutes`,
      holds: limited.seconds >= minutes * 60 - LAST_SAMPLES_S,
      seen: `${(limited.seconds / 60).toFixed(1)} minutes`,
    },
    { claim: "nothing was killed for want of memory", holds: oomKills === 0, seen: `${oomKills} kills` },
    { claim: "no health check failed", holds: healthChecksFailed === 0, seen: `${healthChecksFailed} failed` },
    { claim: "no frame was late", holds: framesLate === 0, seen: `${framesLate} of ${limited.frames}` },
    { claim: "no frame was missing", holds: framesMissing === 0, seen: `${framesMissing} missing` },
    {
      claim: "segments were published in time",
      holds: mostSegmentsBehind <= SEGMENTS_UNDER_WAY,
      seen: `${mostSegmentsBehind} behind the clock at the most`,
    },
  ];
  if (anonymousBytes !== null)
    verdicts.push({
      claim: `anonymous memory at most ${mebibytes(anonymousBytes)}`,
      holds: limited.anonymous.most <= anonymousBytes,
      seen: mebibytes(limited.anonymous.most),
    });
  for (const [what, slope] of [
    ["anonymous memory", limited.anonymousGrowth],
    ["the resident set of the node", limited.residentGrowth],
  ] as const)
    if (slope !== null)
      verdicts.push({
        claim: `${what} does not grow`,
        holds: slope.perHour - slope.margin <= SMALL_GROWTH,
        seen: slopeText(slope),
      });
  if (twin !== null)
    verdicts.push({
      claim: "no more processor time than without limits, and 10 %",
      holds: cpu <= twin.cpu * CPU_ALLOWANCE,
      seen: `${((cpu / twin.cpu - 1) * 100).toFixed(1)} %`,
    });
  return verdicts;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}

export function slopeText(slope: Slope | null): string {
  if (slope === null) return "too short";
  const text = (bytes: number) => (bytes / (1 << 20)).toFixed(2);
  return `${text(slope.perHour)} ± ${text(slope.margin)} MiB/h`;
}

function blocks(points: readonly Point[]): Point[] {
  return [...Map.groupBy(points, ({ seconds }) => Math.floor(seconds / BLOCK_S))].map(([, block]) => ({
    seconds: sum(block.map(({ seconds }) => seconds)) / block.length,
    value: sum(block.map(({ value }) => value)) / block.length,
  }));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
