import { pause } from "../../../kit/loop.ts";
import { median } from "../../harness/audio/level.ts";
import { readListed } from "./media.ts";

/** A segment as it was first seen in the playlist: when (Unix ms), and how long it is. */
export type Seen = { at: number; seconds: number };

export type PlaylistWatch = { readonly seen: readonly Seen[]; stop(): Promise<void> };

const LOOK_MS = 100;
const SEGMENTS = 3;

/** Notes when each segment is listed. */
export function watchPlaylist(url: string): PlaylistWatch {
  const abort = new AbortController();
  const known = new Set<string>();
  const seen: Seen[] = [];
  const run = async () => {
    while (!abort.signal.aborted) {
      const listed = await readListed(url);
      const isFirst = known.size === 0;
      for (const segment of listed) {
        if (known.has(segment.url)) continue;
        known.add(segment.url);
        if (!isFirst) seen.push({ at: Date.now(), seconds: segment.seconds });
      }
      await pause(LOOK_MS, abort.signal);
    }
  };
  const ended = run();
  return {
    seen,
    stop: async () => {
      abort.abort();
      await ended;
    },
  };
}

/**
 * Seconds of programme that were made between two moments (Unix ms) less than time that passed: how much later than the
 * segments before it the stream is at the end. True to about a tenth of a second. NaN where too few segments were seen.
 */
export function lostBetween(seen: readonly Seen[], from: number, to: number): number {
  let made = 0;
  const delays = seen.map(({ at, seconds }) => {
    made += seconds;
    return { at, delay: at / 1000 - made };
  });
  const delayAt = (moment: number) => {
    const before = delays.filter(({ at }) => at <= moment).slice(-SEGMENTS);
    return before.length < SEGMENTS ? Number.NaN : median(before.map(({ delay }) => delay));
  };
  return delayAt(to) - delayAt(from);
}
