import type { DesiredState, Heartbeat, Registration } from "../../contracts/fleet.ts";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { StationIndex } from "../../contracts/station-index.ts";
import { sha256Of } from "../../control/auth/hash.ts";
import { applyTransition } from "../../control/health/apply-transition.ts";
import { assess } from "../../control/health/assess.ts";
import { credible, latestSegment } from "../../control/health/compare.ts";
import { pursueEvictions } from "../../control/health/evictions.ts";
import { DEFAULT_HEALTH_POLICY, type HealthPolicy } from "../../control/health/health-policy.ts";
import { Hearing } from "../../control/health/hearing.ts";
import { lostStudios } from "../../control/health/lost-studios.ts";
import { decide } from "../../control/health/machine.ts";
import { noProvisioner, type Provisioner } from "../../control/health/provisioner.ts";
import type { Seen } from "../../control/health/sight.ts";
import { applyAssignment } from "../../control/registry/apply-assignment.ts";
import { assignSlicers, assignStudios } from "../../control/registry/assign.ts";
import { createStation } from "../../control/registry/create-station.ts";
import { desiredState } from "../../control/registry/desired-state.ts";
import { loadRegistry } from "../../control/registry/load-registry.ts";
import { moveOrigin } from "../../control/registry/move-origin.ts";
import { registerOrigin } from "../../control/registry/register-origin.ts";
import type { Registry } from "../../control/registry/registry.ts";
import { buildSnapshot, type Snapshot } from "../../control/routing/build-snapshot.ts";
import { createLog } from "../../kit/log.ts";
import type { Bucket } from "./bucket.ts";
import type { SimulatedDatabase } from "./database.ts";
import type { VirtualTime } from "./virtual-time.ts";

const SILENT_LOG = createLog({ write: () => {} });

/** How long what was seen of R2 counts when R2 does not answer. */
const CURRENT_MS = 4000;

export type Admission = { token: string; tokenHash: string | null; desired: DesiredState };
/** `null`: control does not answer. */
export type Reply<T> = T | "refused" | null;

type Look = { firstAt: number; at: number; index: StationIndex | null };

/** The edge's word on the newest segment it has of an origin; null where it has none. */
export type Eyes = (origin: OriginId) => number | null;

/**
 * Control: its own decisions, and its own SQL in a database of its own. Simulated is only when it sweeps and what it
 * sees, and that it may be away.
 */
export class SimulatedControl {
  away = false;
  provisioner: Provisioner = noProvisioner;
  policy: HealthPolicy = DEFAULT_HEALTH_POLICY;
  registry: Registry = { stations: [], origins: [], keys: [], slicers: [] };
  readonly #time: VirtualTime;
  readonly #database: SimulatedDatabase;
  readonly #bucket: Bucket;
  readonly #eyes: Eyes;
  #hearing: Hearing;
  #looks = new Map<OriginId, Look>();
  readonly #studios = new Map<StationSlug, { generation: number; since: number }>();
  #isStale = true;
  #published: Snapshot | null = null;
  #publishedText = "";
  #version = 0;
  #sweptAt: number;

  constructor(parts: { time: VirtualTime; database: SimulatedDatabase; bucket: Bucket; eyes: Eyes }) {
    this.#eyes = parts.eyes;
    this.#time = parts.time;
    this.#database = parts.database;
    this.#bucket = parts.bucket;
    this.#hearing = new Hearing(parts.time);
    this.#sweptAt = parts.time.monotonic();
  }

  async create(slug: StationSlug, framesPerSegment: 150 | 300 | 375): Promise<void> {
    await createStation(this.#context("admin"), { slug, name: slug, framesPerSegment, renditions: ["aac-48k"] });
    this.#isStale = true;
  }

  /** Nothing is left of it but what is stored. */
  restart(): void {
    this.#hearing = new Hearing(this.#time);
    this.#looks = new Map();
    this.#isStale = true;
  }

  /** A process presents itself, with its own token or, where it has none, with the enrolment token. */
  async register(registration: Registration, token: string | null): Promise<Reply<Admission>> {
    if (this.away || this.#database.away) return null;
    const { id } = registration;
    const isKnown = token !== null && (await this.#holds(id, token));
    if (token !== null && !isKnown) return "refused";
    const actor = isKnown ? { kind: "origin" as const, name: id } : { kind: "enrolment" as const, name: "simulated" };
    let made: string | null;
    try {
      const silentMs = async () => this.#hearing.silentMs(id);
      made = await registerOrigin(this.#context("control"), actor, registration, silentMs);
    } catch {
      return null;
    }
    this.#hearing.registered(id);
    this.#isStale = true;
    await this.sweep();
    const tokenHash = this.registry.origins.find((origin) => origin.id === id)?.tokenHash ?? null;
    const desired = desiredState(this.registry, id, Math.round(this.#time.now()));
    return { token: made ?? token ?? "", tokenHash, desired };
  }

  /** `instance` stands for the token, too: a process that is not the one registered holds an old one. */
  async heartbeat(id: OriginId, heartbeat: Heartbeat): Promise<Reply<DesiredState>> {
    if (this.away) return null;
    const origin = this.registry.origins.find((candidate) => candidate.id === id);
    if (origin?.instance !== heartbeat.instance) return "refused";
    this.#hearing.heartbeat(id, heartbeat);
    if (this.#lost().size > 0) await this.sweep();
    return desiredState(this.registry, id, Math.round(this.#time.now()));
  }

  /** Looks after the fleet once, in the order of Fleet. What fails is tried again by the next sweep. */
  async sweep(): Promise<void> {
    if (this.away) return;
    const now = this.#time.monotonic();
    if (now - this.#sweptAt > this.policy.absenceMs) this.#hearing.listenAnew();
    await this.#attempt(() => (this.#isStale ? this.#read() : undefined));
    await this.#attempt(() => this.#assign());
    this.#look();
    await this.#attempt(() => this.#judge());
    await this.#attempt(() => this.#assign());
    this.#publish();
    await this.#attempt(() => this.#pursueEvictions());
    this.#sweptAt = this.#time.monotonic();
  }

  /** An operator takes a node in again. */
  async readmit(id: OriginId): Promise<void> {
    await moveOrigin(this.#context("operator"), id, "readmit", { alive: [], covers: [] });
    this.#isStale = true;
  }

  leapt(): void {
    this.#looks.clear();
  }

  async #attempt(work: () => Promise<void> | undefined): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      if (!this.#database.away) throw thrown;
    }
  }

  async #read(): Promise<void> {
    this.registry = await loadRegistry(this.#database.db);
    this.#isStale = false;
    for (const { slug, generation } of this.registry.stations) {
      if (this.#studios.get(slug)?.generation === generation) continue;
      this.#studios.set(slug, { generation, since: this.#time.monotonic() });
    }
  }

  #lost() {
    const now = this.#time.monotonic();
    const view = {
      judging: this.#hearing.judging(this.policy),
      heard: this.#hearing.all(),
      studioAgeMs: (station: StationSlug) => now - (this.#studios.get(station)?.since ?? now),
    };
    return lostStudios(this.registry, view, this.policy);
  }

  #assign(): Promise<void> | undefined {
    const studios = assignStudios(this.registry, this.#hearing.liveness(this.policy, this.#lost()));
    const { added, removed } = assignSlicers(this.registry);
    if (studios.length + added.length + removed.length === 0) return undefined;
    return applyAssignment(this.#context("control"), { studios, added, removed }).then(() => this.#read());
  }

  #look(): void {
    for (const { origin } of this.registry.slicers) {
      const found = this.#bucket.index(origin);
      const at = this.#time.monotonic();
      const firstAt = this.#looks.get(origin)?.firstAt ?? at;
      if (found.is === "found") this.#looks.set(origin, { firstAt, at, index: found.value });
    }
  }

  /** As Sight: the newer of what R2 and the edge show counts. */
  #seen(): Seen[] {
    const now = this.#time.monotonic();
    return this.registry.slicers.map((slicer) => {
      const look = this.#looks.get(slicer.origin);
      const { framesPerSegment = 0 } = this.registry.stations.find(({ slug }) => slug === slicer.station) ?? {};
      const segments = look?.index ? credible(look.index.segments, framesPerSegment, this.#time.now()) : [];
      const listed = this.#eyes(slicer.origin);
      const latest = latestSegment(framesPerSegment, this.#time.now());
      const numbers = [segments[0]?.number ?? -1, listed ?? -1].filter((number) => number >= 0 && number <= latest);
      const newest = numbers.length > 0 ? Math.max(...numbers) : null;
      const isCurrent = (look !== undefined && now - look.at <= CURRENT_MS) || listed !== null;
      const missingMs = look !== undefined && newest === null ? now - look.firstAt : 0;
      return { ...slicer, segments, newest, isCurrent, missingMs };
    });
  }

  async #judge(): Promise<void> {
    const impressions = {
      judging: this.#hearing.judging(this.policy),
      silentMs: (id: OriginId) => this.#hearing.silentMs(id),
      heard: this.#hearing.all(),
      seen: this.#seen(),
    };
    const now = Math.round(this.#time.now());
    const assessments = assess(this.registry, impressions, this.policy, now);
    let changes = 0;
    for (const origin of this.registry.origins) {
      const assessment = assessments.get(origin.id);
      const transition = assessment && decide(origin, assessment.facts, this.policy, now);
      if (!transition) continue;
      const context = this.#context("control");
      if (await applyTransition(context, origin, transition, assessment.covers, this.policy)) changes += 1;
    }
    if (changes > 0) await this.#read();
  }

  #publish(): void {
    const snapshot = buildSnapshot(this.registry, { now: this.#time.now(), rampMs: this.policy.rampMs });
    if (snapshot === null) return;
    const text = JSON.stringify(snapshot);
    if (text !== this.#publishedText) {
      this.#version += 1;
      const routing = { ...snapshot, version: this.#version, publishedAt: Math.round(this.#time.now()) };
      if (!this.#bucket.putRouting(routing)) return;
      this.#publishedText = text;
    }
    this.#published = snapshot;
  }

  async #pursueEvictions(): Promise<void> {
    const standing = { registry: this.registry, published: this.#published };
    const cdn = { tell: null, purge: null };
    const deps = { ...this.#context("control"), cdn, provisioner: this.provisioner };
    if (await pursueEvictions(deps, standing)) this.#isStale = true;
  }

  async #holds(id: OriginId, token: string): Promise<boolean> {
    const hash = await sha256Of(token);
    return this.registry.origins.some((origin) => origin.id === id && origin.tokenHash === hash);
  }

  #context(actor: string) {
    const clock = { now: () => Math.round(this.#time.now()), monotonic: () => this.#time.monotonic() };
    return { db: this.#database.db, clock, log: SILENT_LOG, actor };
  }
}
