import { describe } from "../../kit/log.ts";
import { pause } from "../../kit/loop.ts";
import { judgePlaylist, type MediaPlaylist, readMediaPlaylist } from "./playlist-check.ts";
import { judgeSegment, type SegmentEnd } from "./segment-check.ts";

/** What a live stream was seen to be. */
export type StreamReport = {
  /** The bytes of each segment, by number, in order. */
  segments: Map<number, Buffer>;
  frames: number;
  playlists: number;
  problems: string[];
};

export type StreamCheck = {
  readonly report: StreamReport;
  /** Resolves when a segment with this number or a later one was checked; rejects after `timeoutMs`. */
  reached(number: number, timeoutMs?: number): Promise<void>;
  stop(): Promise<StreamReport>;
};

const POLL_MS = 500;
const TIMEOUT_MS = 15_000;
/** Twenty minutes of the default length, both for memory's sake and because nothing here runs longer. */
const MAX_SEGMENTS = 400;
/** Players come back for a segment this much later; it must still be the same. */
const AGAIN_AFTER = 2;

/** `caching` tells the reel from the programme. */
type Loaded = { bytes: Buffer; caching: string };

/**
 * Follows a live media playlist as a listener would, from its newest segment on, and checks all that is listed: the
 * playlists, each segment, each frame once, and that a number asked for twice gives the same bytes.
 */
export function followStream(playlistUrl: string, { framesPerSegment = 150 } = {}): StreamCheck {
  const report: StreamReport = { segments: new Map(), frames: 0, playlists: 0, problems: [] };
  const abort = new AbortController();
  const cachings = new Map<number, string>();
  let before: MediaPlaylist | null = null;
  let end: SegmentEnd | null = null;

  const load = async (url: string): Promise<Loaded> => {
    const response = await fetch(url, { signal: AbortSignal.any([abort.signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    if (!response.ok) throw new Error(`${response.status} for ${url}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    return { bytes, caching: response.headers.get("cache-control") ?? "no word of caching" };
  };

  const check = async (number: number, uri: string): Promise<void> => {
    const { bytes, caching } = await load(new URL(uri, playlistUrl).href);
    report.segments.set(number, bytes);
    cachings.set(number, caching);
    cachings.delete(number - AGAIN_AFTER - 1);
    if (report.segments.size > MAX_SEGMENTS) report.segments.delete(report.segments.keys().next().value ?? 0);
    const verdict = judgeSegment(bytes, number, framesPerSegment, end);
    if (end && number !== end.number + 1) report.problems.push(`${end.number} is followed by ${number}`);
    end = verdict.end;
    report.frames += verdict.frames;
    report.problems.push(...verdict.problems);
    const earlier = report.segments.get(number - AGAIN_AFTER);
    if (!earlier) return;
    const again = await load(new URL(uri.replace(String(number), String(number - AGAIN_AFTER)), playlistUrl).href);
    if (again.bytes.equals(earlier)) return;
    const changes = `${cachings.get(number - AGAIN_AFTER)} is now ${again.caching}`;
    report.problems.push(`${number - AGAIN_AFTER} has changed: what was ${changes}`);
  };

  const look = async (): Promise<void> => {
    const playlist = readMediaPlaylist((await load(playlistUrl)).bytes.toString("utf8"));
    report.playlists++;
    report.problems.push(...judgePlaylist(playlist, before, framesPerSegment));
    before = playlist;
    const from = report.segments.size === 0 ? playlist.entries.slice(-1) : playlist.entries;
    for (const { number, uri } of from) if (number > newest()) await check(number, uri);
  };

  const newest = (): number => [...report.segments.keys()].at(-1) ?? -1;

  const run = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      try {
        await look();
      } catch (thrown) {
        if (!abort.signal.aborted) report.problems.push(describe(thrown));
      }
      await pause(POLL_MS, abort.signal);
    }
  };
  const ended = run();

  return {
    report,
    reached: async (number, timeoutMs = 60_000) => {
      const deadline = performance.now() + timeoutMs;
      while (newest() < number) {
        if (performance.now() > deadline) throw new Error(`segment ${number} was not seen; the newest is ${newest()}`);
        await pause(POLL_MS / 5, abort.signal);
      }
    },
    stop: async () => {
      abort.abort();
      await ended;
      return report;
    },
  };
}
