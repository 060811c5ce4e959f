import type { OriginId } from "../../contracts/names.ts";
import type { PublishedAnswer } from "../../contracts/published.ts";
import { segmentSeconds } from "../../contracts/timeline.ts";
import type { HealthPolicy } from "../../control/health/health-policy.ts";
import type { Node, Recreation } from "../../control/health/provisioner.ts";
import { trialWaitMs } from "../../control/health/relapses.ts";
import { POWERS } from "../../control/health/states.ts";
import type { Origin } from "../../control/registry/registry.ts";
import { isFromFuture } from "../../worker/upload/put-index.ts";
import { Bucket, SOUND_BUCKET } from "./bucket.ts";
import { SimulatedControl } from "./control.ts";
import { SimulatedDatabase } from "./database.ts";
import { SimulatedEdge } from "./edge.ts";
import type { Fault, FaultKind, Scheduled } from "./faults.ts";
import { Listener } from "./listener.ts";
import { Network } from "./network.ts";
import type { Answer, Uploads } from "./node-uploader.ts";
import { SimulatedOrigin } from "./origin.ts";
import { Random } from "./random.ts";
import { heardIn, type Report, sum } from "./report.ts";
import { VirtualTime } from "./virtual-time.ts";

const STATION = "demo";
const RENDITION = "aac-48k";
/** A segment boundary of every length, and a whole second: 2027-01-15. */
const STARTED_AT = 1_800_000_000_000;
const WEEK_MS = 7 * 86_400_000;
const SWEEP_MS = 1000;
/** The radio has come on air by then; faults are counted from there. */
const WARM_UP_MS = 120_000;
/** How long all must have been quiet before time leaps, how long before the next event it is there, and what it is worth. */
const QUIET_MS = 20_000;
const LEAD_MS = 10_000;
const WORTH_MS = 30_000;
const RECREATION_MS = 20_000;

export type WorldOptions = {
  seed: number;
  forMs: number;
  faults: readonly Scheduled[];
  origins?: number;
  listeners?: number;
  framesPerSegment?: 150 | 300 | 375;
  policy?: Partial<HealthPolicy>;
  /** Whether evicted nodes are made anew. */
  recreates?: boolean;
  /** After so long an operator readmits what has failed; null: never. */
  operatorAfterMs?: number | null;
  /** How long a studio takes from its start to its first frame. */
  studioStartMs?: number;
  /** Whether time leaps over what is quiet. */
  leaps?: boolean;
};

/** What will happen; `origin` where it befalls one alone. */
type Entry = { atMs: number; origin: OriginId | null; work: () => void | Promise<void> };

/** The radio in a virtual world: real decisions, in an order that the seed alone gives. */
export class World {
  readonly time = new VirtualTime(STARTED_AT);
  readonly random: Random;
  readonly network = new Network();
  readonly bucket: Bucket;
  readonly database = new SimulatedDatabase();
  readonly control: SimulatedControl;
  readonly edge: SimulatedEdge;
  readonly origins: SimulatedOrigin[];
  readonly listeners: Listener[];
  readonly #options: WorldOptions;
  readonly #framesPerSegment: 150 | 300 | 375;
  readonly #lengthMs: number;
  #agenda: Entry[] = [];
  #armed = 0;
  #disturbedAt = 0;
  #story: readonly { at: number; line: string }[] = [];
  readonly #failedSince = new Map<OriginId, number>();
  readonly #injected: Partial<Record<FaultKind, number>> = {};

  constructor(options: WorldOptions) {
    const { time, network } = this;
    this.#options = options;
    this.#framesPerSegment = options.framesPerSegment ?? 150;
    this.#lengthMs = segmentSeconds(this.#framesPerSegment) * 1000;
    this.random = new Random(options.seed);
    this.bucket = new Bucket(this.random);
    const eyes = (id: OriginId) => this.edge.newestOf(id);
    this.control = new SimulatedControl({ time, database: this.database, bucket: this.bucket, eyes });
    this.control.policy = { ...this.control.policy, ...options.policy };
    if (options.recreates) this.control.provisioner = { recreate: (node) => this.#recreate(node) };
    this.edge = new SimulatedEdge({
      time,
      bucket: this.bucket,
      slug: STATION,
      rendition: RENDITION,
      direct: {
        index: (id) => this.#reachable(id)?.station?.store.index() ?? null,
        segment: (id, number) => this.#directSegment(id, number),
      },
    });
    const around = {
      time,
      studioStartMs: options.studioStartMs ?? 1200,
      random: this.random,
      network,
      control: this.control,
      uploads: (id: OriginId) => this.#uploads(id),
      published: (id: OriginId): PublishedAnswer | null => (this.#isAdmitted(id) ? this.edge.published(id) : null),
      ownIndex: (id: OriginId) => {
        const read = this.#isAdmitted(id) ? this.bucket.index(id) : null;
        return read?.is === "found" ? read.value : null;
      },
      programmeOf: (id: OriginId, listener: OriginId) => {
        const node = this.origin(id);
        const studio = node.answers && network.connects(id, listener) ? node.station?.studio : null;
        return studio?.isFlowing() ? studio : null;
      },
      emit: (...heard: Parameters<NonNullable<SimulatedOrigin["station"]>["hear"]>) => {
        for (const { station } of this.origins) station?.hear(...heard);
      },
    };
    this.origins = originIds(options.origins).map((id) => new SimulatedOrigin(id, around));
    this.listeners = Array.from({ length: options.listeners ?? 2 }, (_, index) => {
      const joinsInMs = WARM_UP_MS / 2 + index * 1100;
      return new Listener({ time, edge: this.edge, framesPerSegment: this.#framesPerSegment, joinsInMs });
    });
    for (const { atMs, fault } of options.faults) {
      this.#plan(WARM_UP_MS + atMs, whom(fault), () => this.#inject(fault));
    }
  }

  origin(id: OriginId): SimulatedOrigin {
    const found = this.origins.find((origin) => origin.id === id);
    if (found === undefined) throw new Error(`no origin ${id}`);
    return found;
  }

  /** Lets all of it come to pass. */
  async run(): Promise<Report> {
    const { time } = this;
    await this.control.create(STATION, this.#framesPerSegment);
    for (const [index, origin] of this.origins.entries()) time.in(index * 3700, () => origin.start());
    time.every(SWEEP_MS, () => this.#sweep());
    this.#arm();
    await time.run(() => this.#elapsed() >= WARM_UP_MS);
    const before = this.#counts();
    await time.run(() => this.#elapsed() >= WARM_UP_MS + this.#options.forMs);
    const listened = sum(this.listeners.map((listener) => listener.finish()));
    const after = this.#counts();
    this.#story = this.database.story();
    this.database.close();
    return {
      seed: this.#options.seed,
      weeks: Math.round((this.#options.forMs / WEEK_MS) * 1000) / 1000,
      faults: this.#injected,
      evictions: after.evictions - before.evictions,
      readmissions: after.readmissions - before.readmissions,
      failedTrials: after.failedTrials - before.failedTrials,
      failures: after.failures - before.failures,
      takeovers: after.takeovers - before.takeovers,
      ...heardIn(listened),
      violations: this.listeners.flatMap(({ violations }) => violations),
    };
  }

  /** Makes a fault happen now, and end when it is over. */
  #inject(fault: Fault): void {
    this.#injected[fault.kind] = (this.#injected[fault.kind] ?? 0) + 1;
    const end = this.#begin(fault);
    if (end !== null && "forMs" in fault) this.#plan(this.#elapsed() + fault.forMs, whom(fault), end);
  }

  /** What an operator could read after it was run: all incidents in their order, with the Unix ms of each. */
  story(): readonly { at: number; line: string }[] {
    return this.#story;
  }

  /** Begins a fault and says how it ends; null for one that ends by itself. */
  #begin(fault: Fault): (() => void) | null {
    switch (fault.kind) {
      case "killed": {
        const node = this.origin(fault.origin);
        node.kill();
        return () => {
          if (node.process === null) node.start();
        };
      }
      case "frozen": {
        const { process } = this.origin(fault.origin);
        process?.freeze();
        return () => process?.thaw();
      }
      case "cut-off":
        for (const side of fault.from) this.network.cut(fault.origin, side);
        return () => {
          for (const side of fault.from) this.network.mend(fault.origin, side);
        };
      case "slow":
        return this.#set(fault.origin, "uploadMs", fault.uploadMs, null);
      case "lying":
        return this.#set(fault.origin, "content", fault.content, "programme");
      case "clock-off":
        return this.#set(fault.origin, "clockOffMs", fault.offMs, 0);
      case "disk-full":
        return this.#set(fault.origin, "diskProblem", "ENOSPC", null);
      case "stuck":
        this.origin(fault.origin).stuck.add(fault.part);
        return null;
      case "bucket-ill":
        this.bucket.fault = fault;
        return () => {
          if (this.bucket.fault === fault) this.bucket.fault = SOUND_BUCKET;
        };
      case "control-away":
        this.control.away = true;
        return () => {
          this.control.restart();
          this.control.away = false;
        };
      case "database-away":
        this.database.away = true;
        return () => {
          this.database.away = false;
        };
    }
  }

  #set<K extends "uploadMs" | "content" | "clockOffMs" | "diskProblem">(
    id: OriginId,
    what: K,
    value: SimulatedOrigin[K],
    sound: SimulatedOrigin[K],
  ): () => void {
    const node = this.origin(id);
    node[what] = value;
    return () => {
      if (node[what] === value) node[what] = sound;
    };
  }

  /** A new machine in place of the old one. */
  async #recreate({ id }: Node): Promise<Recreation> {
    const node = this.origin(id);
    node.kill();
    node.forget();
    Object.assign(node, { content: "programme", clockOffMs: 0, diskProblem: null, uploadMs: null });
    this.#plan(this.#elapsed() + RECREATION_MS, null, () => {
      if (node.process === null) node.start();
    });
    return { outcome: "accepted" };
  }

  async #sweep(): Promise<void> {
    await this.control.sweep();
    this.#callOperator();
    if (this.#options.leaps !== false) await this.#leapIfQuiet();
  }

  #callOperator(): void {
    const { operatorAfterMs = null } = this.#options;
    if (operatorAfterMs === null) return;
    for (const { id, state } of this.control.registry.origins) {
      if (state !== "failed") this.#failedSince.delete(id);
      else if (!this.#failedSince.has(id)) {
        this.#failedSince.set(id, this.#elapsed());
        this.#plan(this.#elapsed() + operatorAfterMs, null, async () => {
          const isStill = this.control.registry.origins.some((origin) => origin.id === id && origin.state === "failed");
          if (isStill && !this.database.away) await this.control.readmit(id);
          this.#failedSince.delete(id);
        });
      }
    }
  }

  /** Quiet hours in which nothing would happen but more of the same are passed over. */
  async #leapIfQuiet(): Promise<void> {
    const quietUntil = this.#quietUntil();
    if (quietUntil === null) return;
    const end = WARM_UP_MS + this.#options.forMs;
    const next = this.#agenda.find((entry) => !this.#isHarmless(entry))?.atMs ?? end;
    const segments = Math.floor((Math.min(quietUntil, next, end) - LEAD_MS - this.#elapsed()) / this.#lengthMs);
    const ms = segments * this.#lengthMs;
    if (ms < WORTH_MS) return;
    const landing = this.#elapsed() + ms;
    while ((this.#agenda[0]?.atMs ?? end) < landing) await this.#agenda.shift()?.work();
    this.time.leap(ms);
    this.bucket.leap(ms, segments);
    this.edge.leap(ms, segments);
    this.control.leapt();
    for (const { station } of this.origins) station?.leap(ms, segments);
    for (const listener of this.listeners) listener.leap(ms, segments);
    this.#arm();
  }

  /** What befalls an origin that is out and may not try again yet is noticed by nobody. */
  #isHarmless({ origin, atMs }: Entry): boolean {
    const known = this.control.registry.origins.find(({ id }) => id === origin);
    return known?.state === "failed" || (known?.state === "evicted" && atMs < this.#mayTryAt(known));
  }

  /** When an evicted origin may try again, in ms since the start. */
  #mayTryAt(origin: Origin): number {
    return (origin.evictedAt ?? 0) + trialWaitMs(origin, this.control.policy) - STARTED_AT;
  }

  /** Until when nothing will happen that is not on the agenda, in ms since the start; null when something may now. */
  #quietUntil(): number | null {
    const { control, database, bucket, edge } = this;
    const isDisturbed = this.time.monotonic() - this.#disturbedAt < QUIET_MS;
    if (isDisturbed || edge.busy > 0 || control.away || database.away || bucket.fault !== SOUND_BUCKET) return null;
    if (edge.window()?.reelSince !== null || !this.listeners.every((listener) => listener.isContent())) return null;
    let until = Number.POSITIVE_INFINITY;
    for (const origin of control.registry.origins) {
      const node = this.origin(origin.id);
      if (origin.stepsOpen) return null;
      if (POWERS[origin.state].serves) {
        if (origin.state !== "active" || !node.isAtRest()) return null;
      } else if (origin.state === "evicted") {
        const mayTryAt = this.#mayTryAt(origin);
        if (mayTryAt > this.#elapsed()) until = Math.min(until, mayTryAt);
        else if (node.process !== null) return null;
      } else if (origin.state !== "failed") return null;
    }
    return control.registry.origins.some(({ state }) => state === "active") ? until : null;
  }

  #plan(atMs: number, origin: OriginId | null, work: Entry["work"]): void {
    const entry = { atMs, origin, work };
    const index = this.#agenda.findIndex((other) => other.atMs > atMs);
    if (index === -1) this.#agenda.push(entry);
    else this.#agenda.splice(index, 0, entry);
    if (this.#agenda[0] === entry) this.#arm();
  }

  #arm(): void {
    this.#armed += 1;
    const armed = this.#armed;
    const [next] = this.#agenda;
    if (next === undefined) return;
    this.time.in(next.atMs - this.#elapsed(), async () => {
      if (armed !== this.#armed) return;
      this.#agenda.shift();
      if (!this.#isHarmless(next)) this.#disturbedAt = this.time.monotonic();
      await next.work();
      this.#arm();
    });
  }

  #elapsed(): number {
    return this.time.now() - STARTED_AT;
  }

  #reachable(id: OriginId): SimulatedOrigin | null {
    const node = this.origin(id);
    return node.answers && this.network.reaches(id, "edge") ? node : null;
  }

  #directSegment(id: OriginId, number: number): { sha256: string; bytes: Buffer } | null {
    const store = this.#reachable(id)?.station?.store;
    const bytes = store?.segment(RENDITION, number);
    const held = store?.index().segments.find((segment) => segment.number === number);
    const sha256 = held?.renditions[RENDITION]?.sha256;
    return bytes && sha256 ? { sha256, bytes } : null;
  }

  #isAdmitted(id: OriginId): boolean {
    return this.network.reaches(id, "edge") && this.edge.holds(id, this.origin(id).tokenHash);
  }

  #uploads(id: OriginId): Uploads {
    const refused: Answer = { status: 401, retryAfter: null };
    const failed: Answer = { status: 503, retryAfter: "1" };
    const taken: Answer = { status: 204, retryAfter: null };
    const admitted = (put: () => Answer): Answer => {
      if (!this.network.reaches(id, "edge")) return null;
      return this.edge.holds(id, this.origin(id).tokenHash) ? put() : refused;
    };
    return {
      tookMs: () => this.origin(id).uploadMs ?? this.random.between(80, 350),
      segment: ({ number, sha256, bytes }) =>
        admitted(() => (this.bucket.putSegment(id, { number, sha256, bytes }) ? taken : failed)),
      index: (store) =>
        admitted(() => {
          const index = store.announcedIndex();
          if (isFromFuture(index, this.time.now())) return { status: 422, retryAfter: null };
          const isWritten = this.bucket.putIndex(id, index);
          if (isWritten === null) return failed;
          return isWritten ? taken : { status: 409, retryAfter: null };
        }),
    };
  }

  #counts() {
    const of = (kind: string) => this.database.incidents(kind);
    return {
      evictions: of("origin-evicted"),
      readmissions: of("origin-readmitted"),
      failedTrials: of("trial-failed"),
      failures: of("origin-failed"),
      takeovers: of("studio-changed"),
    };
  }
}

function whom(fault: Fault): OriginId | null {
  return "origin" in fault ? fault.origin : null;
}

export function originIds(count = 3): [OriginId, ...OriginId[]] {
  return ["origin-1", ...Array.from({ length: count - 1 }, (_, index) => `origin-${index + 2}`)];
}
