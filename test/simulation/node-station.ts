import type { DesiredStation, StationReport } from "../../contracts/fleet.ts";
import type { OriginId } from "../../contracts/names.ts";
import type { Published, PublishedAnswer } from "../../contracts/published.ts";
import type { StationIndex } from "../../contracts/station-index.ts";
import { segmentOf, segmentTime } from "../../contracts/timeline.ts";
import type { Part } from "../../origin/agent/rungs.ts";
import type { StationFacts } from "../../origin/agent/trouble.ts";
import type { SlicedSegment } from "../../origin/packager/slicer.ts";
import { ownEnd } from "../../origin/station/ends.ts";
import { planStart } from "../../origin/station/plan-start.ts";
import { succession } from "../../origin/station/successor.ts";
import { createSegmentStore, type SegmentStore } from "../../origin/uploader/segment-store.ts";
import { laterIndex } from "./bucket.ts";
import { bytesOf, type Content, fingerprint } from "./content.ts";
import type { NodeProcess } from "./node-process.ts";
import { NodeUploader, type Uploads } from "./node-uploader.ts";
import type { Random } from "./random.ts";
import { type Emission, SimulatedStudio } from "./studio.ts";
import type { VirtualTime } from "./virtual-time.ts";

const READER_LOOK_MS = 250;
const LEVELS: Record<Content, number> = { programme: -18, silence: -120, garbage: -18 };

export type StationOptions = {
  origin: OriginId;
  time: VirtualTime;
  process: NodeProcess;
  random: Random;
  desired: DesiredStation;
  /** The node's clock. */
  clock: { now(): number; monotonic(): number };
  uploads: Uploads;
  /** What the edge tells; null when it cannot be asked. */
  published(): PublishedAnswer | null;
  ownIndex(): StationIndex | null;
  /** The programme as it can be heard from that origin here; null when it cannot. */
  programmeOf(origin: OriginId): SimulatedStudio | null;
  emit(studio: SimulatedStudio, emission: Emission): void;
  isStuck(part: Part): boolean;
  unstick(part: Part): void;
  content(): Content;
  /** How long a programme takes to its first frame. */
  studioStartMs: number;
};

type Slicing = {
  /** The studio whose programme is cut. */
  source: OriginId;
  /** What is heard now, and since when without a break. */
  heard: { studio: SimulatedStudio; since: number } | null;
  heardAt: number;
  generation: number;
};

/** One station on one node: the studio where it is made here, and what is sliced and uploaded. */
export class NodeStation {
  studio: SimulatedStudio | null = null;
  desired: DesiredStation;
  readonly uploader: NodeUploader;
  readonly #options: StationOptions;
  #store: SegmentStore;
  #slicing: Slicing | null = null;
  #sliced: number | null = null;
  #formedAt: number;
  #starts = 0;
  #stopped = false;

  constructor(options: StationOptions) {
    const { time, process, random, uploads } = options;
    this.#options = options;
    this.desired = options.desired;
    this.#store = this.#emptyStore();
    const index = options.ownIndex();
    if (index !== null) this.#store.prime(index);
    this.uploader = new NodeUploader({ time, process, random, store: this.#store, uploads });
    this.#formedAt = time.monotonic();
    this.#turn();
    process.every(READER_LOOK_MS, () => this.#listen());
  }

  get store(): SegmentStore {
    return this.#store;
  }

  become(next: DesiredStation): void {
    const form = ({ studio, generation, roles }: DesiredStation) => JSON.stringify([studio, generation, roles]);
    if (form(next) === form(this.desired)) {
      this.desired = next;
      return;
    }
    this.#formedAt = this.#options.time.monotonic();
    this.desired = next;
    this.#turn();
  }

  follow(answer: PublishedAnswer): void {
    const next = succession(this.#options.origin, this.desired, answer);
    if (next !== null) this.become(next);
  }

  stop(): void {
    this.#stopped = true;
    this.studio?.stop();
    this.studio = null;
    this.#slicing = null;
  }

  /** A segment's frames have gone out; whoever heard them all cuts it. */
  hear(studio: SimulatedStudio, { number, generation, counter, name, beganAt }: Emission): void {
    const { process, isStuck, origin, content } = this.#options;
    const slicing = this.#slicing;
    if (slicing === null || !process.answers || isStuck("slicer") || slicing.heard?.studio !== studio) return;
    if (slicing.heard.since > beganAt || process.asleepAt > beganAt || generation < slicing.generation) return;
    slicing.generation = generation;
    const kind = content();
    const bytes = bytesOf(kind);
    const rms = LEVELS[kind];
    const segment: SlicedSegment = {
      rendition: this.desired.renditions[0] ?? "aac-48k",
      number,
      generation,
      counter,
      level: { peak: Math.min(0, rms + 10), rms },
      bytes,
      sha256: fingerprint(kind === "programme" ? name : `${name}/${kind}/${origin}`),
      item: null,
      next: [],
    };
    this.#sliced = Math.max(this.#sliced ?? 0, number);
    this.uploader.add(segment);
  }

  report(): StationReport {
    const { slug, roles, generation } = this.desired;
    return {
      slug,
      roles,
      generation: this.studio?.generation ?? generation,
      source: this.studio === null ? null : "autopilot",
      sliced: this.#sliced,
      published: this.uploader.published,
      queued: this.uploader.waiting,
      heardMs: this.#heardMs(),
      live: null,
    };
  }

  facts(): StationFacts {
    const { time, clock, isStuck } = this.#options;
    const { slug, framesPerSegment, studio } = this.desired;
    const ageOf = (segment: number | null) =>
      segment === null ? null : clock.now() - segmentTime(segment + 1, framesPerSegment);
    const heardMs = this.#heardMs();
    return {
      slug,
      framesPerSegment,
      studio: this.#slicing === null ? null : this.#isStudio() ? "here" : studio,
      settledMs: time.monotonic() - this.#formedAt,
      mixedBehindMs: this.studio === null ? null : isStuck("programme") ? (heardMs ?? 0) : 10,
      frameMs: heardMs,
      slicedMs: ageOf(this.#sliced),
      publishedMs: ageOf(this.uploader.published),
      uploadError: this.uploader.lastError,
    };
  }

  restart(part: Part): void {
    this.#options.unstick(part);
    if (part === "programme") {
      this.studio?.stop();
      this.studio = null;
    }
    if (part === "slicer") this.#slicing = null;
    this.#turn();
  }

  /** Whether it does its work and nothing is under way. */
  isAtRest(): boolean {
    return this.#slicing !== null && this.#slicing.heard !== null && this.uploader.isIdle() && this.#heardMs() === 0;
  }

  leap(ms: number, segments: number): void {
    this.studio?.leap(ms, segments);
    const held = this.#store.index();
    const before = this.#store;
    const later = laterIndex(this.#store.announcedIndex(), ms, segments);
    this.#store = this.#emptyStore();
    this.#store.prime(later);
    for (const { number, generation, level, renditions } of held.segments) {
      for (const [rendition, copy] of Object.entries(renditions)) {
        const bytes = before.segment(rendition, number);
        if (copy === undefined || bytes === null) continue;
        const { sha256, counter } = copy;
        const segment = { rendition, number: number + segments, generation, level, bytes, sha256, counter };
        this.#store.add({ ...segment, item: null, next: [] });
      }
    }
    if (this.#sliced !== null) this.#sliced += segments;
    const { published } = this.uploader;
    this.uploader.moveTo(this.#store, published === null ? null : published + segments);
  }

  #emptyStore(): SegmentStore {
    const { origin, clock } = this.#options;
    const { slug, framesPerSegment } = this.desired;
    return createSegmentStore({ station: slug, origin, framesPerSegment, clock: wholeMs(clock) });
  }

  #isStudio(): boolean {
    return this.desired.studio?.origin === this.#options.origin && this.desired.roles.includes("studio");
  }

  #turn(): void {
    if (this.#stopped) return;
    const stepsDown = this.studio !== null && !this.#isStudio();
    if (this.studio !== null && (stepsDown || this.studio.generation !== this.desired.generation)) {
      this.studio.stop();
      this.studio = null;
    }
    this.#turnSlicing();
    if (this.studio === null && this.#isStudio()) this.#startStudio();
    if (!stepsDown) return;
    const published = this.#options.published()?.published ?? null;
    if (published !== null) this.uploader.yieldTo(published);
  }

  #turnSlicing(): void {
    const { desired } = this;
    const { origin, time } = this.#options;
    const isSlicer = desired.roles.includes("slicer");
    const source = this.#isStudio() ? origin : isSlicer ? (desired.studio?.origin ?? null) : null;
    if (source === (this.#slicing?.source ?? null)) return;
    const heardAt = time.monotonic();
    this.#options.unstick("slicer");
    const own = source === origin && this.studio !== null ? { studio: this.studio, since: heardAt } : null;
    this.#slicing = source === null ? null : { source, heard: own, heardAt, generation: -1 };
  }

  #startStudio(): void {
    const { origin, time, process, clock, isStuck, emit, studioStartMs: startMs } = this.#options;
    const { framesPerSegment, generation, renditions } = this.desired;
    const known: (Published | null)[] = [this.#options.published()?.published ?? null, ownEnd(this.#store.index())];
    const { startFrame, counters } = planStart(known, framesPerSegment, clock.now());
    this.#starts += 1;
    this.#options.unstick("programme");
    const studio = new SimulatedStudio({
      time,
      process,
      generation,
      startMs,
      start: { number: segmentOf(startFrame, framesPerSegment), counter: counters[renditions[0] ?? ""] ?? 0 },
      framesPerSegment,
      now: () => clock.now(),
      isStuck: () => isStuck("programme"),
      emit,
      name: `${origin}/${process.instance}/${this.#starts}`,
    });
    this.studio = studio;
    if (this.#slicing !== null) this.#slicing.heard = { studio, since: time.monotonic() };
  }

  /** Goes on hearing what is heard, or connects anew to what can be heard. */
  #listen(): void {
    const slicing = this.#slicing;
    if (slicing === null) return;
    const now = this.#options.time.monotonic();
    if (slicing.source === this.#options.origin) {
      if (this.studio?.isFlowing()) slicing.heardAt = now;
      return;
    }
    const studio = this.#options.programmeOf(slicing.source);
    if (studio === null) slicing.heard = null;
    else {
      slicing.heardAt = now;
      if (slicing.heard?.studio !== studio) slicing.heard = { studio, since: now };
    }
  }

  /** Ms since a frame was heard; what was heard at the last look is heard still. */
  #heardMs(): number | null {
    if (this.#slicing === null) return null;
    const ms = this.#options.time.monotonic() - this.#slicing.heardAt;
    return ms <= READER_LOOK_MS ? 0 : Math.round(ms);
  }
}

function wholeMs(clock: { now(): number; monotonic(): number }) {
  return { now: () => Math.round(clock.now()), monotonic: () => clock.monotonic() };
}
