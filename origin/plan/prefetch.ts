import type { Rundown } from "../../contracts/rundown/rundown.ts";
import { frameAt, programmeTime, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { type Loop, startLoop } from "../../kit/loop.ts";
import { backoff } from "../../kit/retry.ts";
import { inTrace } from "../process/trace.ts";
import type { EdgeStation } from "../uploader/ask-edge.ts";
import { decide, type Wanted } from "./decide.ts";
import { downloadPrepared } from "./download-prepared.ts";
import type { PreparedCache } from "./prepared-cache.ts";

/** So far ahead the files are fetched: a node without a network plays on for as long, where the disk has the room. */
const AHEAD_MS = 6 * 3600_000;
const IDLE_MS = 2000;
/** A file that cannot be had is asked for again after a rest; meanwhile the others have their turn. */
const REST = { firstMs: 5000, maxMs: 300_000 };

/** A station whose files are to be here. */
export type Provided = { edge: EdgeStation; rundown: Rundown };

/** Fetches what the stations will play into the cache, one file at a time, soonest first. */
export function startPrefetch(options: {
  stations(): readonly Provided[];
  cache: PreparedCache;
  clock: Clock;
  log: Log;
  idleMs?: number;
}): Loop {
  const { stations, cache, clock, log, idleMs = IDLE_MS } = options;
  const rests = new Map<string, { failures: number; until: number }>();

  async function fetch({ file, station }: Wanted, signal: AbortSignal): Promise<void> {
    const provided = stations().find(({ edge }) => edge.station === station);
    if (provided === undefined) return;
    try {
      await cache.add(file, downloadPrepared(provided.edge, file, { signal, clock }));
      rests.delete(file.sha256);
    } catch (thrown) {
      if (signal.aborted) return;
      const failures = (rests.get(file.sha256)?.failures ?? 0) + 1;
      rests.set(file.sha256, { failures, until: clock.monotonic() + backoff(failures - 1, REST) });
      log.warn("a prepared file cannot be fetched", { station, sha256: file.sha256, error: describe(thrown) });
    }
  }

  /** False when there is nothing to fetch for now. */
  async function advance(signal: AbortSignal): Promise<boolean> {
    const wanted = wantedBy(stations(), clock.now());
    for (const sha256 of rests.keys()) if (!wanted.some(({ file }) => file.sha256 === sha256)) rests.delete(sha256);
    const isResting = ({ file }: Wanted) => clock.monotonic() < (rests.get(file.sha256)?.until ?? 0);
    const decision = decide(
      wanted.filter((each) => !isResting(each)),
      cache.held(),
      await cache.limitBytes(),
    );
    for (const sha256 of decision.drop) await cache.drop(sha256);
    const next = decision.fetch;
    if (next !== null) await inTrace(() => fetch(next, signal));
    return next !== null;
  }

  return startLoop(
    "fetching prepared files",
    idleMs,
    async (signal) => {
      while (!signal.aborted && (await advance(signal)));
    },
    log,
  );
}

/** What the stations play in the hours to come, each file once, by the time it is needed first. */
export function wantedBy(stations: readonly Provided[], now: number): Wanted[] {
  const wanted = stations
    .flatMap(({ edge, rundown }) =>
      rundown.at(sampleAt(now), sampleAt(now + AHEAD_MS)).map(({ from, track }) => ({
        file: track.prepared,
        station: edge.station,
        neededAt: programmeTime(from / SAMPLES_PER_FRAME),
      })),
    )
    .sort((a, b) => a.neededAt - b.neededAt);
  const seen = new Set<string>();
  return wanted.filter(({ file }) => !seen.has(file.sha256) && seen.add(file.sha256));
}

function sampleAt(unixMs: number): number {
  return frameAt(unixMs) * SAMPLES_PER_FRAME;
}
