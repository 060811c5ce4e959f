import { type DesiredState, HEARTBEAT_MS, type Registration } from "../../contracts/fleet.ts";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { PublishedAnswer } from "../../contracts/published.ts";
import type { StationIndex } from "../../contracts/station-index.ts";
import { CLOCK_TOLERANCE_MS, clockIsRight, clockOffset } from "../../origin/agent/clock-check.ts";
import { type Action, climb, GROUND, type Standing } from "../../origin/agent/ladder.ts";
import { BLANK_MEMORY, type NodeMemory } from "../../origin/agent/node-memory.ts";
import { onOwnAuthority } from "../../origin/agent/own-authority.ts";
import { type Part, RUNGS } from "../../origin/agent/rungs.ts";
import type { DeepFacts, NodeFacts } from "../../origin/agent/trouble.ts";
import { urgencyOf } from "../../origin/station/urgency.ts";
import type { Content } from "./content.ts";
import type { Reply, SimulatedControl } from "./control.ts";
import type { Network } from "./network.ts";
import { NodeProcess } from "./node-process.ts";
import { NodeStation } from "./node-station.ts";
import type { Uploads } from "./node-uploader.ts";
import type { Random } from "./random.ts";
import type { Emission, SimulatedStudio } from "./studio.ts";
import type { VirtualTime } from "./virtual-time.ts";

const BOOT_MS = 1500;
/** Docker starts what ended after so long. */
const RESTART_MS = 1000;
const URGENCY_LOOK_MS = 250;
const LADDER_LOOK_MS = 1000;
const AWAKE_AFTER_MS = 7000;
const SUCCESSOR_LOOK_MS = 3000;
const CONTROL_SILENT_MS = 5000;

export type Surroundings = {
  time: VirtualTime;
  random: Random;
  network: Network;
  control: SimulatedControl;
  uploads(origin: OriginId): Uploads;
  /** What the edge tells an origin; null when it cannot be asked. */
  published(origin: OriginId): PublishedAnswer | null;
  ownIndex(origin: OriginId): StationIndex | null;
  programmeOf(origin: OriginId, listener: OriginId): SimulatedStudio | null;
  emit(studio: SimulatedStudio, emission: Emission): void;
  studioStartMs: number;
};

/** One node: its process, which ends and starts again, its disk, its clock, and what is wrong with it. */
export class SimulatedOrigin {
  readonly id: OriginId;
  process: NodeProcess | null = null;
  station: NodeStation | null = null;
  tokenHash: string | null = null;
  standing: Standing = GROUND;
  /** Faults: what is stuck, what its segments hold, how far its clock is off, why its disk cannot be written. */
  readonly stuck = new Set<Part>();
  content: Content = "programme";
  clockOffMs = 0;
  diskProblem: string | null = null;
  uploadMs: number | null = null;
  readonly #around: Surroundings;
  #memory: NodeMemory = BLANK_MEMORY;
  #registered = false;
  #applied = false;
  #lastAnswer: number | null = null;
  #clockAheadMs: number | null = null;

  constructor(id: OriginId, around: Surroundings) {
    this.id = id;
    this.#around = around;
  }

  get answers(): boolean {
    return this.process?.answers ?? false;
  }

  /** The node's own clock. */
  readonly clock = {
    now: () => this.#around.time.now() + this.clockOffMs,
    monotonic: () => this.#around.time.monotonic(),
  };

  start(): void {
    const { time, random } = this.#around;
    const process = new NodeProcess(time, random.uuid());
    this.process = process;
    this.stuck.clear();
    this.standing = { ...GROUND, since: time.monotonic() };
    this.#registered = false;
    this.#applied = false;
    this.#lastAnswer = null;
    this.#clockAheadMs = null;
    process.in(BOOT_MS, async () => {
      await this.#step();
      process.every(HEARTBEAT_MS, () => this.#step());
      this.#watchUrgency(process);
      process.every(LADDER_LOOK_MS, () => this.#climb(process));
      process.every(SUCCESSOR_LOOK_MS, () => this.#followSuccessor());
    });
  }

  /** The process is gone at once, and with it all that was in memory. */
  kill(): void {
    this.process?.end();
    this.process = null;
    this.station?.stop();
    this.station = null;
  }

  /** As a new machine: nothing is left on its disk either. */
  forget(): void {
    this.#memory = BLANK_MEMORY;
    this.tokenHash = null;
  }

  /** Whether it works and nothing is under way or wrong with it. */
  isAtRest(): boolean {
    return this.answers && this.standing.rung === "well" && !this.#isFaulty() && (this.station?.isAtRest() ?? false);
  }

  /** A part that is stuck shows where it matters; where it does not, it may be so for ever. */
  #isFaulty(): boolean {
    const { content, clockOffMs, diskProblem, uploadMs } = this;
    return content !== "programme" || clockOffMs !== 0 || diskProblem !== null || uploadMs !== null;
  }

  #watchUrgency(process: NodeProcess): void {
    let urgency = "";
    process.every(URGENCY_LOOK_MS, () => {
      const present = urgencyOf(this.station === null ? [] : [this.station.report()]);
      const isUrgent = present !== urgency;
      urgency = present;
      return isUrgent ? this.#step() : undefined;
    });
  }

  /** One word with control, or what is done without it. */
  async #step(): Promise<void> {
    const isHeard = await (this.#registered ? this.#beat() : this.#register());
    if (!isHeard) this.#goOnAlone();
  }

  async #register(): Promise<boolean> {
    const { control } = this.#around;
    const registration: Registration = {
      id: this.id,
      instance: this.process?.instance ?? "",
      url: `http://${this.id}.example:8801`,
      rtmpUrl: `rtmp://${this.id}.example:1935`,
      roles: ["studio", "slicer"],
      version: "simulated",
      generations: this.#memory.generations,
    };
    const answer = await this.#ask(() => control.register(registration, this.#memory.token));
    if (answer === "refused") this.#memory = { ...this.#memory, token: null };
    if (answer === null || answer === "refused") return false;
    this.#memory = { ...this.#memory, token: answer.token };
    this.tokenHash = answer.tokenHash;
    this.#registered = true;
    this.#obey(answer.desired);
    return true;
  }

  async #beat(): Promise<boolean> {
    const answer = await this.#ask(() =>
      this.#around.control.heartbeat(this.id, {
        instance: this.process?.instance ?? "",
        now: Math.round(this.clock.now()),
        rung: this.standing.rung,
        stations: this.station === null ? [] : [this.station.report()],
        incidents: [],
      }),
    );
    if (answer === "refused") this.#registered = false;
    if (answer === null || answer === "refused") return false;
    this.#obey(answer);
    return true;
  }

  #ask<T>(question: () => Promise<Reply<T>>): Promise<Reply<T>> {
    return this.#around.network.reaches(this.id, "control") ? question() : Promise.resolve(null);
  }

  #obey(desired: DesiredState): void {
    this.#lastAnswer = this.#around.time.monotonic();
    const generations = { ...this.#memory.generations };
    for (const { slug, generation } of desired.stations) {
      generations[slug] = Math.max(generations[slug] ?? 0, generation);
    }
    this.#memory = { ...this.#memory, desired, generations };
    const now = this.clock.now();
    const reading = { sentAt: now, receivedAt: now, serverNow: desired.now };
    this.#clockAheadMs = clockOffset(reading);
    const isRight = clockIsRight(reading);
    if (isRight || this.#applied) this.#apply(desired);
    this.#applied ||= isRight;
  }

  #goOnAlone(): void {
    const { desired } = this.#memory;
    const isRight = Math.abs(this.clockOffMs) <= CLOCK_TOLERANCE_MS;
    if (this.#applied || desired === null || !isRight || !this.#around.network.reaches(this.id, "edge")) return;
    const answer = this.#around.published(this.id);
    const named = answer?.studio != null && answer.studio.origin !== this.id ? answer.studio.generation : 0;
    const newest = answer === null ? null : Math.max(answer.published?.generation ?? 0, named);
    const published = new Map<StationSlug, number | null>(desired.stations.map(({ slug }) => [slug, newest]));
    const own = onOwnAuthority(desired, published);
    this.#memory = {
      ...this.#memory,
      desired: own.desired,
      generations: { ...this.#memory.generations, ...own.generations },
    };
    this.#applied = true;
    this.#apply(own.desired);
  }

  #apply({ stations }: DesiredState): void {
    const [desired] = stations;
    if (desired === undefined) {
      this.station?.stop();
      this.station = null;
      return;
    }
    this.station?.become(desired);
    if (this.station !== null || this.process === null) return;
    const { time, random, uploads, programmeOf, emit, published, ownIndex, studioStartMs } = this.#around;
    this.station = new NodeStation({
      origin: this.id,
      time,
      process: this.process,
      random,
      desired,
      clock: this.clock,
      uploads: uploads(this.id),
      published: () => published(this.id),
      ownIndex: () => ownIndex(this.id),
      programmeOf: (origin) => programmeOf(origin, this.id),
      emit,
      isStuck: (part) => this.stuck.has(part),
      unstick: (part) => this.stuck.delete(part),
      content: () => this.content,
      studioStartMs,
    });
  }

  #followSuccessor(): void {
    const silentMs = this.#around.time.monotonic() - (this.#lastAnswer ?? Number.NEGATIVE_INFINITY);
    if (silentMs < CONTROL_SILENT_MS || this.station === null) return;
    const answer = this.#around.published(this.id);
    if (answer !== null) this.station.follow(answer);
  }

  async #climb(process: NodeProcess): Promise<void> {
    const now = this.#around.time.monotonic();
    if (now < process.asleepAt + AWAKE_AFTER_MS) return;
    const facts = this.#facts(RUNGS[this.standing.rung].deep);
    const { standing, action } = climb(this.standing, facts, now);
    const hasMoved = standing !== this.standing;
    this.standing = standing;
    if (action !== null) this.#act(action);
    if (hasMoved && this.process === process) await this.#step();
  }

  #act(action: Action): void {
    if (action.kind === "restart") this.station?.restart(action.part);
    if (action.kind !== "end") return;
    this.kill();
    this.#around.time.in(RESTART_MS, () => {
      if (this.process === null) this.start();
    });
  }

  #facts(isDeep: boolean): NodeFacts {
    return {
      stations: this.station === null ? [] : [this.station.facts()],
      rtmpAccepts: !this.stuck.has("ingest"),
      disk: { problem: this.diskProblem, freeBytes: 2 ** 33 },
      memory: { usedBytes: 90 << 20, limitBytes: 128 << 20 },
      descriptors: { used: 60, limit: 1024 },
      clockOffsetMs: this.#clockAheadMs,
      deep: isDeep ? this.#askOthers() : null,
    };
  }

  #askOthers(): DeepFacts {
    const { network, ownIndex, programmeOf } = this.#around;
    const edge = new Map<StationSlug, string | null>();
    const source = new Map<StationSlug, string | null>();
    if (this.station !== null) {
      const { slug, studio } = this.station.desired;
      edge.set(slug, ownIndex(this.id) === null ? "the edge cannot be read" : null);
      const isElsewhere = studio !== null && studio.origin !== this.id;
      if (isElsewhere) source.set(slug, programmeOf(studio.origin, this.id) === null ? "no programme" : null);
    }
    return { edge, source, clockOffsetMs: network.reaches(this.id, "edge") ? this.clockOffMs : null };
  }
}
