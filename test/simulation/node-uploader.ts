import type { Published } from "../../contracts/published.ts";
import { segmentSeconds } from "../../contracts/timeline.ts";
import type { SlicedSegment } from "../../origin/packager/slicer.ts";
import { type EdgeFailure, judgeAnswer } from "../../origin/uploader/edge-request.ts";
import { delayMs } from "../../origin/uploader/persistent-put.ts";
import type { SegmentStore } from "../../origin/uploader/segment-store.ts";
import { type Copy, createUploadQueue } from "../../origin/uploader/upload-queue.ts";
import type { NodeProcess } from "./node-process.ts";
import type { Random } from "./random.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What the edge answers to an upload: a status, and null where nobody answers. */
export type Answer = { status: number; retryAfter: string | null } | null;

export type Uploads = {
  /** How long an upload takes. */
  tookMs(): number;
  segment(segment: SlicedSegment): Answer;
  index(store: SegmentStore): Answer;
};

/** After so long a request that nobody answers is given up. */
const REQUEST_MS = 5000;
const NO_ANSWER: EdgeFailure = { kind: "retry", reason: "nobody answers", afterMs: null };

/** A node's uploads: the order and the patience are the real queue's, what becomes of a failure the real rules'. */
export class NodeUploader {
  published: number | null = null;
  lastError: string | null = null;
  readonly #parts: { time: VirtualTime; process: NodeProcess; random: Random; store: SegmentStore; uploads: Uploads };
  readonly #patienceMs: number;
  readonly #dropped = new WeakSet<Copy>();
  #queue: ReturnType<typeof createUploadQueue>;
  #isIndexDue = false;
  #isIndexUnderway = false;
  #underway = 0;

  constructor(parts: {
    time: VirtualTime;
    process: NodeProcess;
    random: Random;
    store: SegmentStore;
    uploads: Uploads;
  }) {
    this.#parts = parts;
    this.#queue = createUploadQueue(parts.time);
    this.#patienceMs = segmentSeconds(parts.store.framesPerSegment) * 1000;
  }

  get waiting(): number {
    return this.#queue.waiting();
  }

  /** Nothing waits, and nothing is under way. */
  isIdle(): boolean {
    return this.#underway === 0 && this.waiting === 0 && !this.#isIndexDue;
  }

  add(segment: SlicedSegment): void {
    if (!this.#parts.store.add(segment)) return;
    for (const copy of this.#queue.add(segment)) this.#dropped.add(copy);
    this.#advance();
  }

  yieldTo({ segment, generation }: Published): void {
    for (const copy of this.#queue.takeOutdated(segment, generation)) this.#dropped.add(copy);
    this.#advance();
  }

  /** Goes on with another store; what was announced in this one is forgotten. */
  moveTo(store: SegmentStore, published: number | null): void {
    this.#parts.store = store;
    this.published = published;
    this.#queue = createUploadQueue(this.#parts.time);
  }

  #advance(): void {
    const { process, store } = this.#parts;
    const { copies, lookAgainMs } = this.#queue.takeAnnounceable(this.#patienceMs);
    if (lookAgainMs !== null) process.in(lookAgainMs, () => this.#advance());
    for (const { segment } of copies) store.announce(segment.rendition, segment.number);
    this.#isIndexDue ||= copies.length > 0;
    if (this.#isIndexDue && !this.#isIndexUnderway) this.#putIndex(0);
    for (const copy of this.#queue.takeStartable()) this.#putCopy(copy, 0);
  }

  #putCopy(copy: Copy, failures: number): void {
    this.#send(
      () => (this.#dropped.has(copy) ? "dropped" : this.#parts.uploads.segment(copy.segment)),
      failures,
      (again) => this.#putCopy(copy, again),
      (outcome) => {
        if (outcome === "dropped") return;
        this.#queue.settle(copy, outcome);
        this.#advance();
      },
    );
  }

  #putIndex(failures: number): void {
    this.#isIndexUnderway = true;
    let newest = this.published;
    this.#send(
      () => {
        this.#isIndexDue = false;
        newest = this.#parts.store.announcedIndex().segments.at(-1)?.number ?? this.published;
        return this.#parts.uploads.index(this.#parts.store);
      },
      failures,
      (again) => this.#putIndex(again),
      (outcome) => {
        if (outcome === "uploaded") this.published = newest;
        this.#isIndexUnderway = false;
        if (this.#isIndexDue) this.#putIndex(0);
      },
    );
  }

  #send(
    put: () => Answer | "dropped",
    failures: number,
    again: (failures: number) => void,
    end: (outcome: "uploaded" | "refused" | "dropped") => void,
  ): void {
    const { process, random, uploads } = this.#parts;
    this.#underway += 1;
    process.in(uploads.tookMs(), () => {
      const answer = put();
      const late = answer === null ? REQUEST_MS : 0;
      process.in(late, () => {
        this.#underway -= 1;
        if (answer === "dropped") return end("dropped");
        const failure = failureOf(answer);
        this.lastError = failure?.reason ?? null;
        if (failure === null) return end("uploaded");
        if (failure.kind === "refused") return end("refused");
        this.#underway += 1;
        process.in(
          delayMs(failure, failures, () => random.next()),
          () => {
            this.#underway -= 1;
            again(failures + 1);
          },
        );
      });
    });
  }
}

/** 409: the edge has a newer index of ours already. */
function failureOf(answer: Answer): EdgeFailure | null {
  if (answer === null) return NO_ANSWER;
  const isFine = answer.status < 300 || answer.status === 409;
  return isFine ? null : judgeAnswer(answer.status, "", answer.retryAfter);
}
