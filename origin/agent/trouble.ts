import { segmentSeconds } from "../../contracts/timeline.ts";
import { CLOCK_TOLERANCE_MS } from "./clock-check.ts";
import type { Part, Resource } from "./rungs.ts";

/** How one station does on this node. Times are in ms; null: there was none yet. */
export type StationFacts = {
  slug: string;
  framesPerSegment: number;
  /** Where the programme is made; null when nowhere, and then nothing is expected. */
  studio: "here" | { origin: string } | null;
  /** Since the station took its present form here: another studio, another generation, another role. */
  settledMs: number;
  /** Studio here: how far what is mixed lags behind the clock. */
  mixedBehindMs: number | null;
  /** Since the last frame of the rendition that was heard least lately. */
  frameMs: number | null;
  /** Since the end of the newest segment that was sliced, and of the newest that the index at the edge names. */
  slicedMs: number | null;
  publishedMs: number | null;
  /** Why the newest upload failed; null while uploads work. */
  uploadError: string | null;
};

export type NodeFacts = {
  stations: readonly StationFacts[];
  /** Whether the RTMP port takes connections. */
  rtmpAccepts: boolean;
  disk: { problem: string | null; freeBytes: number | null };
  memory: { usedBytes: number; limitBytes: number | null };
  descriptors: { used: number; limit: number | null };
  /** How far the clock is ahead; null while nobody has told the time. */
  clockOffsetMs: number | null;
  deep: DeepFacts | null;
};

/** What one asks others about only in trouble, by station. A text says what is wrong there, null that nothing is. */
export type DeepFacts = {
  /** Can I read my own index through the edge? */
  edge: ReadonlyMap<string, string | null>;
  /** Can I pull the programme from its studio? Only where that is elsewhere. */
  source: ReadonlyMap<string, string | null>;
  /** A second opinion on the clock; null when it cannot be had. */
  clockOffsetMs: number | null;
};

export type Trouble =
  | { about: "resource"; what: Resource; station: null; detail: string }
  | { about: "part"; what: Part; station: string | null; detail: string };

const MIN_FREE_BYTES = 32 << 20;
const MOST_MEMORY = 0.95;
const MOST_DESCRIPTORS = 0.95;
/** No frame for so long is no hiccup: one is due every 21 ms. */
const FRAMES_STOPPED_MS = 2000;
/** Beyond the length of one segment: what encoding, slicing and uploading may take. */
const WORK_MS = 4000;
/** What a studio may take to start and a slicer to collect its first whole segment. */
const START_MS = 10_000;

/** All that is wrong on the node now, resources first, since parts fail for want of them. */
export function troublesOf(facts: NodeFacts): Trouble[] {
  const { used, limit } = facts.descriptors;
  const exhausted = shareProblem(used, limit, MOST_DESCRIPTORS, "file descriptors are open");
  // Without them every other look fails, and none of these failures means anything.
  if (exhausted !== null) return [{ about: "resource", what: "descriptors", station: null, detail: exhausted }];
  return [
    ...resourceTroubles(facts),
    ...ingestTrouble(facts),
    ...facts.stations.flatMap((station) => partAtFault(station) ?? []),
  ];
}

function resourceTroubles({ disk, memory, clockOffsetMs }: NodeFacts): Trouble[] {
  const { usedBytes, limitBytes } = memory;
  const found: [Resource, string | null][] = [
    ["memory", shareProblem(usedBytes, limitBytes, MOST_MEMORY, "bytes of memory are taken")],
    ["disk", diskProblem(disk)],
    ["clock", isOff(clockOffsetMs) ? `the clock is ${Math.round(clockOffsetMs)} ms off` : null],
  ];
  return found.flatMap(([what, detail]) =>
    detail === null ? [] : [{ about: "resource" as const, what, station: null, detail }],
  );
}

function shareProblem(used: number, limit: number | null, most: number, of: string): string | null {
  return limit !== null && used > limit * most ? `${used} of ${limit} ${of}` : null;
}

function isOff(clockOffsetMs: number | null): clockOffsetMs is number {
  return clockOffsetMs !== null && Math.abs(clockOffsetMs) > CLOCK_TOLERANCE_MS;
}

function diskProblem({ problem, freeBytes }: NodeFacts["disk"]): string | null {
  if (problem !== null) return `the data folder cannot be written: ${problem}`;
  if (freeBytes === null || freeBytes >= MIN_FREE_BYTES) return null;
  return `the disk is full: ${Math.floor(freeBytes / 1024)} kB are left`;
}

function ingestTrouble({ rtmpAccepts }: NodeFacts): Trouble[] {
  const detail = "the RTMP port takes no connection";
  return rtmpAccepts ? [] : [{ about: "part", what: "ingest", station: null, detail }];
}

/** The part of a station at which its playlist gets stuck: the first on the way from the programme to the edge. */
function partAtFault(station: StationFacts): Trouble | null {
  const { slug, studio, framesPerSegment, settledMs, mixedBehindMs, frameMs, slicedMs, publishedMs } = station;
  const segmentMs = segmentSeconds(framesPerSegment) * 1000;
  const isStale = (age: number | null) => age === null || age > segmentMs + WORK_MS;
  if (studio === null || settledMs < 3 * segmentMs + START_MS || !isStale(publishedMs)) return null;

  const at = (what: Part, detail: string): Trouble => ({ about: "part", what, station: slug, detail });
  const framesStopped = frameMs === null || frameMs > FRAMES_STOPPED_MS;
  if (studio === "here") {
    if (mixedBehindMs !== null && mixedBehindMs > FRAMES_STOPPED_MS && framesStopped)
      return at("programme", "nothing is mixed");
    if (framesStopped) return at("programme", "what is mixed is not encoded");
  } else if (framesStopped) return at("slicer", `the programme does not arrive from ${studio.origin}`);
  if (isStale(slicedMs)) return at("slicer", "frames arrive, but no segment is cut");
  return at("uploader", "segments are cut, but not published");
}

/** Why a trouble is not the node's fault, by what the deep checks found; null when it is, or may be. */
export function causeOutside(trouble: Trouble, { stations, deep }: NodeFacts): string | null {
  if (deep === null) return null;
  if (trouble.what === "clock" && deep.clockOffsetMs !== null && !isOff(deep.clockOffsetMs))
    return "control and the edge do not agree on the time";
  const station = stations.find(({ slug }) => slug === trouble.station);
  if (station === undefined) return null;
  if (trouble.what === "slicer" && station.studio !== "here") return deep.source.get(station.slug) ?? null;
  if (trouble.what === "uploader") return deep.edge.get(station.slug) ?? station.uploadError;
  return null;
}
