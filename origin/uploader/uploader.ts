import { createHash } from "node:crypto";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import { SEGMENT_TYPE } from "../../contracts/playlist.ts";
import type { Published } from "../../contracts/published.ts";
import { segmentSeconds } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { pause } from "../../kit/loop.ts";
import { Histogram } from "../../kit/metrics/histogram.ts";
import type { Distribution } from "../../kit/metrics/metric.ts";
import type { SlicedSegment } from "../packager/slicer.ts";
import { inTrace } from "../process/trace.ts";
import type { EdgeFailure, Fetch, Upload } from "./edge-request.ts";
import { indexBody } from "./index-body.ts";
import { type PersistentPut, type PutOutcome, startPut } from "./persistent-put.ts";
import type { SegmentStore } from "./segment-store.ts";
import { type Copy, createUploadQueue } from "./upload-queue.ts";

/** What is in flight at the stop has so long to get there. */
const STOP_MS = 3000;
const DRAINED_YET_MS = 50;
/** Seconds; a segment is 3.2 s long by default, and an attempt ends after 5. */
const LATENCY_BOUNDS = [0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5];

export type UploaderStatus = {
  /** Newest segment that the index at the edge names. */
  published: number | null;
  /** Segment numbers that are not yet announced. */
  queued: number;
  /** Why the newest attempt failed; null while uploads work. */
  lastError: string | null;
};

/** What there was since the start; times in seconds, each attempt counted on its own. */
export type UploaderFigures = {
  uploaded: number;
  /** Given up before they were uploaded: too old, outdated, or refused by the edge. */
  dropped: number;
  refused: number;
  /** Failed attempts, by what was to be done about them. */
  failures: Readonly<Record<EdgeFailure["kind"], number>>;
  seconds: { segment: Distribution; index: Distribution };
};

export type Uploader = {
  /** Stores the segment and queues it for upload. Returns at once, whatever the network does. */
  add(segment: SlicedSegment): void;
  status(): UploaderStatus;
  figures(): UploaderFigures;
  /** Gives up what waits of older generations where a newer one has published the number: nobody would hear it. */
  yieldTo(published: Pick<Published, "segment" | "generation">): void;
  /** Breaks off every request under way and makes it anew, on new connections and without further waiting. */
  restart(): Promise<void>;
  /** Resolves when nothing waits for upload any more, or after `withinMs`. */
  drain(withinMs: number): Promise<void>;
  /** Ends the uploads: what is in flight has three seconds to get there and be announced. */
  stop(): Promise<void>;
};

export type UploaderOptions = {
  edgeUrl: string;
  station: StationSlug;
  origin: OriginId;
  /** Asked before each request; null while the origin has none. */
  token(): string | null;
  store: SegmentStore;
  clock: Clock;
  log: Log;
  fetch?: Fetch;
  onState?(status: UploaderStatus): void;
};

/**
 * Uploads a station's segments and then, in the order of their numbers, the index that names them (invariant 6). When
 * the edge is away for longer than the queue is long, the oldest segments are dropped.
 */
export function createUploader(options: UploaderOptions): Uploader {
  const { store, token, onState = () => {}, fetch = globalThis.fetch } = options;
  const log = options.log.with({ station: options.station, origin: options.origin });
  const base = `${options.edgeUrl}/origin/v1/${options.station}`;
  const patienceMs = segmentSeconds(store.framesPerSegment) * 1000;

  const queue = createUploadQueue(options.clock);
  const puts = new Map<Copy | "index", PersistentPut>();
  const tasks = new Set<Promise<void>>();
  const latency = { segment: new Histogram(LATENCY_BOUNDS), index: new Histogram(LATENCY_BOUNDS) };
  const failures: Record<EdgeFailure["kind"], number> = { retry: 0, denied: 0, refused: 0 };
  let uploaded = 0;
  let dropped = 0;
  let refused = 0;
  let published: number | null = null;
  let lastError: string | null = null;
  let indexDue = false;
  let indexUnderway = false;
  let stopping = false;
  let lookAgain: ReturnType<typeof setTimeout> | undefined;

  function status(): UploaderStatus {
    return { published, queued: queue.waiting(), lastError };
  }

  /** Announces what is ready, and starts what there is room for. */
  function advance(): void {
    clearTimeout(lookAgain);
    const { copies, lookAgainMs } = queue.takeAnnounceable(stopping ? 0 : patienceMs);
    if (lookAgainMs !== null) lookAgain = setTimeout(advance, lookAgainMs);
    for (const { segment } of copies) store.announce(segment.rendition, segment.number);
    indexDue ||= copies.length > 0;
    if (indexDue && !indexUnderway) run(() => inTrace(putIndex));
    if (!stopping) for (const copy of queue.takeStartable()) run(() => inTrace(() => uploadCopy(copy)));
    onState(status());
  }

  async function uploadCopy(copy: Copy): Promise<void> {
    const { rendition, number, bytes, sha256 } = copy.segment;
    const upload = { url: `${base}/${rendition}/${number}.ts`, contentType: SEGMENT_TYPE, body: bytes, sha256 };
    const outcome = await put(copy, () => upload);
    if (outcome === "ended") return;
    if (outcome === "uploaded") uploaded += 1;
    else refused += 1;
    if (outcome === "refused")
      log.error("the edge refuses a segment", { rendition, segment: number, reason: lastError });
    queue.settle(copy, outcome);
    advance();
  }

  async function putIndex(): Promise<void> {
    indexUnderway = true;
    let outcome: PutOutcome = "uploaded";
    while (indexDue && outcome !== "ended") {
      let newest = published;
      outcome = await put("index", () => {
        indexDue = false;
        const index = store.announcedIndex();
        newest = index.segments.at(-1)?.number ?? published;
        const body = indexBody(index);
        const sha256 = createHash("sha256").update(body).digest("hex");
        return { url: `${base}/index.json`, contentType: "application/json", body, sha256 };
      });
      if (outcome === "uploaded") published = newest;
      if (outcome === "refused") log.error("the edge refuses the index", { reason: lastError });
      onState(status());
    }
    indexUnderway = false;
  }

  async function put(what: Copy | "index", make: () => Upload): Promise<PutOutcome> {
    const times = latency[what === "index" ? "index" : "segment"];
    const timed: Fetch = async (...request) => {
      const begunAt = options.clock.monotonic();
      try {
        return await fetch(...request);
      } finally {
        times.observe((options.clock.monotonic() - begunAt) / 1000);
      }
    };
    const started = startPut(make, { token, fetch: timed, onFailure: report });
    puts.set(what, started);
    if (stopping) started.finish();
    const outcome = await started.outcome;
    puts.delete(what);
    if (outcome === "uploaded" && lastError !== null) {
      lastError = null;
      log.info("uploads work again");
    }
    return outcome;
  }

  function report({ kind, reason }: EdgeFailure): void {
    failures[kind] += 1;
    if (lastError === null) log.warn("an upload failed", { kind, reason });
    lastError = reason;
    onState(status());
  }

  function drop(copies: readonly Copy[]): void {
    dropped += copies.length;
    for (const copy of copies) {
      puts.get(copy)?.abort();
      const { rendition, number } = copy.segment;
      log.warn("a segment is dropped before its upload", { rendition, segment: number });
    }
  }

  function run(task: () => Promise<void>): void {
    const running: Promise<void> = task()
      .catch((thrown: unknown) => log.error("the uploader failed", { error: describe(thrown) }))
      .finally(() => tasks.delete(running));
    tasks.add(running);
  }

  return {
    add(segment) {
      if (stopping || !store.add(segment)) return;
      drop(queue.add(segment));
      advance();
    },
    status,
    figures: () => ({
      uploaded,
      dropped,
      refused,
      failures,
      seconds: { segment: latency.segment.distribution(), index: latency.index.distribution() },
    }),
    yieldTo({ segment, generation }) {
      drop(queue.takeOutdated(segment, generation));
      advance();
    },
    async restart() {
      const underway = [...tasks];
      const copies = [...puts.keys()].filter((key) => key !== "index");
      indexDue ||= puts.has("index");
      for (const each of puts.values()) each.abort();
      await Promise.all(underway);
      queue.requeue(copies);
      if (!stopping) advance();
    },
    async drain(withinMs) {
      const deadline = options.clock.monotonic() + withinMs;
      const isDone = () => queue.waiting() === 0 && !indexDue && tasks.size === 0;
      while (!isDone() && options.clock.monotonic() < deadline) await pause(DRAINED_YET_MS);
    },
    async stop() {
      stopping = true;
      advance();
      clearTimeout(lookAgain);
      for (const each of puts.values()) each.finish();
      const late = setTimeout(() => {
        for (const each of puts.values()) each.abort();
      }, STOP_MS);
      while (tasks.size > 0) await Promise.all(tasks);
      clearTimeout(late);
    },
  };
}
