import type { DesiredState, Heartbeat, OriginState } from "../../contracts/fleet.ts";
import type { OriginId, Sha256, StationSlug } from "../../contracts/names.ts";
import { withTimeout } from "../../kit/race.ts";
import type { AlertView } from "../alerting/standing-faults.ts";
import { equalHashes } from "../auth/hash.ts";
import type { Context } from "../context.ts";
import { applyAssignment } from "../registry/apply-assignment.ts";
import { assignSlicers, assignStudios } from "../registry/assign.ts";
import { desiredState } from "../registry/desired-state.ts";
import { loadRegistry } from "../registry/load-registry.ts";
import type { StandIns } from "../registry/move-origin.ts";
import type { Origin, Registry } from "../registry/registry.ts";
import { buildSnapshot } from "../routing/build-snapshot.ts";
import type { PublishDependencies } from "../routing/publish.ts";
import { RoutingPublisher } from "../routing/publisher.ts";
import { fleetNow } from "../upgrades/fleet-now.ts";
import { pursueUpgrade } from "../upgrades/pursue.ts";
import { readOpenUpgrade } from "../upgrades/stored.ts";
import { applyTransition } from "./apply-transition.ts";
import { type Assessment, assess } from "./assess.ts";
import type { Cdn } from "./cdn.ts";
import { coalesce } from "./coalesce.ts";
import type { EdgeEyes } from "./edge-eyes.ts";
import { pursueEvictions } from "./evictions.ts";
import { createFaultLog, type FaultLog } from "./fault-log.ts";
import { DEFAULT_HEALTH_POLICY, type HealthPolicy } from "./health-policy.ts";
import { type Heard, Hearing } from "./hearing.ts";
import { incidentOf, insertIncidentOnce } from "./incident.ts";
import { type LostStudio, lostStudios } from "./lost-studios.ts";
import { decide, type Transition } from "./machine.ts";
import { type FleetMeasures, measureFleet } from "./measure.ts";
import type { Outbox } from "./outbox.ts";
import { POLICY } from "./policy.ts";
import type { Provisioner } from "./provisioner.ts";
import { recordReports, takeReports } from "./reported-incidents.ts";
import { readHealthPolicy } from "./set-policy.ts";
import { type IndexBucket, Sight } from "./sight.ts";
import { POWERS } from "./states.ts";
import { StudioAges } from "./studio-ages.ts";

export type HeartbeatReply =
  | { desired: DesiredState }
  | { refused: "unauthorized" | "unknown_instance" | "unavailable" };

export type FleetDependencies = Omit<Context, "actor"> & {
  bucket: PublishDependencies["bucket"] & IndexBucket;
  eyes: EdgeEyes;
  outbox: Outbox;
  cdn: Cdn;
  provisioner: Provisioner;
};

export type FleetStatus = {
  /** Ms since the last sweep that found nothing failing; null before the first. */
  soundSweepAgoMs: number | null;
  /** Ms since this object started. */
  upMs: number;
};

/**
 * Control's living picture of the fleet: the registry in memory, and what is heard of each origin. Heartbeats are
 * taken and answered out of memory, so they go on when D1 does not. All else happens in the sweep, one at a time.
 */
export class Fleet {
  readonly #deps: FleetDependencies;
  readonly #hearing: Hearing;
  readonly #sight: Sight;
  readonly #routing: RoutingPublisher;
  readonly #studioAges: StudioAges;
  readonly #faults: FaultLog;
  readonly #startedAt: number;
  readonly #sweepOnce: () => Promise<void>;
  #pursuit: Promise<void> | null = null;
  /** Whether an upgrade is open. */
  #upgrading = false;
  #registry: Registry | null = null;
  #policy: HealthPolicy = DEFAULT_HEALTH_POLICY;
  #loadedAt = Number.NEGATIVE_INFINITY;
  /** How many changes were told of, and how many of them the registry in memory has seen. */
  #told = 1;
  #seen = 0;
  /** Transitions that were decided and not allowed, so that each is told once. */
  readonly #heldBack = new Map<OriginId, OriginState>();
  #soundAt: number | null = null;
  #sweptAt: number;

  constructor(deps: FleetDependencies) {
    this.#deps = deps;
    this.#hearing = new Hearing(deps.clock);
    this.#sight = new Sight(deps);
    this.#routing = new RoutingPublisher(deps);
    this.#studioAges = new StudioAges(deps.clock);
    this.#faults = createFaultLog(deps.log);
    this.#startedAt = deps.clock.monotonic();
    this.#sweptAt = this.#startedAt;
    this.#sweepOnce = coalesce(() => this.#sweep());
  }

  /** Takes a heartbeat that bears a token of this hash; answers what the origin is to do. Reads no D1 once it has read it. */
  async heartbeat(id: OriginId, tokenHash: Sha256, heartbeat: Heartbeat): Promise<HeartbeatReply> {
    if (!this.#registry) await this.#sweepOnce();
    const registry = this.#registry;
    if (!registry) return { refused: "unavailable" };
    const origin = registry.origins.find((candidate) => candidate.id === id);
    if (!origin?.tokenHash || !equalHashes(origin.tokenHash, tokenHash)) return { refused: "unauthorized" };
    if (origin.instance !== heartbeat.instance) return { refused: "unknown_instance" };
    this.#hearing.heartbeat(id, heartbeat);
    await takeReports(this.#deps, id, heartbeat.incidents);
    if (this.#lostStudios(registry).size > 0) void this.#sweepOnce();
    return { desired: desiredState(registry, id, this.#deps.clock.now()) };
  }

  /**
   * An origin has just been registered in D1: puts it to work, routing included, and answers what it is to do; null
   * when the registry could not be read.
   */
  async admit(id: OriginId): Promise<DesiredState | null> {
    this.#hearing.registered(id);
    const isRead = await this.refresh();
    return isRead && this.#registry ? desiredState(this.#registry, id, this.#deps.clock.now()) : null;
  }

  /** The registry has changed in D1: reads it anew and lets all follow from it. False when it could not be read. */
  async refresh(): Promise<boolean> {
    this.#told += 1;
    const told = this.#told;
    await this.#sweepOnce();
    return this.#seen >= told;
  }

  /** Looks after the fleet once. Never rejects: what fails is logged, and tried again by the next sweep. */
  sweep(): Promise<void> {
    return this.#sweepOnce();
  }

  /**
   * Goes on with what takes long, because others are called for it: looking through the edge's eyes, and what follows
   * from evictions and upgrades, of which one run is under way at a time. Never rejects.
   */
  async chores(): Promise<void> {
    this.#pursuit ??= this.#pursue().finally(() => {
      this.#pursuit = null;
    });
    const stations = this.#registry?.stations ?? [];
    const unasked = stations.filter(({ delivery }) => delivery === "static").map(({ slug }) => slug);
    const look = this.#deps.eyes.look(
      stations.map(({ slug }) => slug),
      new Set(unasked),
    );
    await Promise.all([this.#pursuit, look]);
  }

  async #pursue(): Promise<void> {
    await this.#pursueEvictions();
    await this.#pursueUpgrade();
  }

  async #pursueUpgrade(): Promise<void> {
    const registry = this.#registry;
    if (!registry || !this.#upgrading) return;
    await this.#faults.attempt("pursuing the upgrade", async () => {
      const now = this.#deps.clock.now();
      const assessments = this.#assess(registry, now);
      const changed = await pursueUpgrade(this.#deps, {
        registry,
        policy: this.#policy,
        fleet: fleetNow(registry, (id) => assessments.get(id)?.facts, this.#policy, now),
        standIns: (id) => this.standIns(id),
      });
      if (changed) this.#told += 1;
    });
  }

  async #pursueEvictions(): Promise<void> {
    await this.#faults.attempt("pursuing evictions", async () => {
      if (!this.#registry) return;
      const standing = { registry: this.#registry, published: this.#routing.published };
      if (await pursueEvictions(this.#deps, standing)) this.#told += 1;
    });
  }

  /** The fleet as it is known now, for alerting; null before the registry could be read. */
  view(): AlertView | null {
    if (!this.#registry) return null;
    return {
      registry: this.#registry,
      heard: this.#hearing.all(),
      alive: this.#hearing.liveness(this.#policy).alive,
      judging: this.#hearing.judging(this.#policy),
      failing: this.#faults.failing(),
    };
  }

  silentMs(id: OriginId): number {
    return this.#hearing.silentMs(id);
  }

  alive(): OriginId[] {
    return [...this.#hearing.liveness(this.#policy).alive];
  }

  /** Who could stand in for an origin now. */
  standIns(id: OriginId): StandIns {
    const assessment = this.#registry && this.#assess(this.#registry, this.#deps.clock.now()).get(id);
    return { alive: this.alive(), covers: assessment?.covers ?? [[]] };
  }

  heard(): Heard[] {
    return this.#hearing.all();
  }

  /** Figures of the fleet; empty before the registry could be read. */
  measure(): FleetMeasures {
    const registry = this.#registry ?? { origins: [], stations: [], keys: [], slicers: [] };
    return measureFleet(registry, {
      assessments: this.#assess(registry, this.#deps.clock.now()),
      heard: this.#hearing.all(),
      alive: this.#hearing.liveness(this.#policy).alive,
      failing: this.#faults.failing(),
    });
  }

  status(): FleetStatus {
    const now = this.#deps.clock.monotonic();
    return {
      soundSweepAgoMs: this.#soundAt === null ? null : now - this.#soundAt,
      upMs: now - this.#startedAt,
    };
  }

  async #sweep(): Promise<void> {
    if (this.#deps.clock.monotonic() - this.#sweptAt > this.#policy.absenceMs) this.#hearing.listenAnew();
    const outcomes = [
      await this.#faults.attempt("reading the registry", () => this.#readIfStale()),
      await this.#faults.attempt("assigning studios and slicers", () => this.#assign()),
      await this.#faults.attempt("looking at the indexes", () => this.#look()),
      await this.#faults.attempt("judging the origins", () => this.#judge()),
      await this.#faults.attempt("assigning anew", () => this.#assign()),
      await this.#faults.attempt("publishing the routing", () => this.#publish()),
      await this.#faults.attempt("recording incidents", () => recordReports(this.#deps)),
    ];
    this.#sweptAt = this.#deps.clock.monotonic();
    if (outcomes.every(Boolean)) this.#soundAt = this.#sweptAt;
  }

  async #readIfStale(): Promise<void> {
    const age = this.#deps.clock.monotonic() - this.#loadedAt;
    if (this.#seen < this.#told || age > POLICY.reloadMs) await this.#read();
  }

  async #read(): Promise<void> {
    const told = this.#told;
    const { db } = this.#deps;
    const read = () => Promise.all([loadRegistry(db), readHealthPolicy(db), readOpenUpgrade(db)]);
    const [registry, policy, upgrade] = await this.#inTime(read);
    [this.#registry, this.#policy, this.#upgrading] = [registry, policy, upgrade !== null];
    this.#studioAges.note(this.#registry);
    this.#loadedAt = this.#deps.clock.monotonic();
    this.#seen = told;
    const admitted = this.#registry.origins.filter(({ tokenHash }) => tokenHash !== null);
    this.#hearing.keepOnly(new Set(admitted.map(({ id }) => id)));
  }

  #lostStudios(registry: Registry): Map<StationSlug, LostStudio> {
    const view = {
      judging: this.#hearing.judging(this.#policy),
      heard: this.#hearing.all(),
      studioAgeMs: (station: StationSlug) => this.#studioAges.ms(station),
    };
    return lostStudios(registry, view, this.#policy);
  }

  async #look(): Promise<void> {
    if (this.#registry) await this.#sight.look(this.#registry);
  }

  async #judge(): Promise<void> {
    const registry = this.#registry;
    if (!registry) return;
    const now = this.#deps.clock.now();
    const assessments = this.#assess(registry, now);
    let changes = 0;
    for (const origin of registry.origins) {
      const assessment = assessments.get(origin.id);
      const transition = assessment && decide(origin, assessment.facts, this.#policy, now);
      if (transition && (await this.#move(origin, transition, assessment.covers))) changes += 1;
    }
    if (changes > 0) await this.#read();
  }

  #assess(registry: Registry, now: number): Map<OriginId, Assessment> {
    const impressions = {
      judging: this.#hearing.judging(this.#policy),
      silentMs: (id: OriginId) => this.#hearing.silentMs(id),
      heard: this.#hearing.all(),
      seen: this.#sight.seen(registry),
    };
    return assess(registry, impressions, this.#policy, now);
  }

  async #move(origin: Origin, transition: Transition, covers: OriginId[][]): Promise<boolean> {
    const context = { ...this.#deps, actor: "control" };
    const said = { origin: origin.id, from: origin.state, to: transition.to, reason: transition.reason };
    const isDone = await this.#inTime(() => applyTransition(context, origin, transition, covers, this.#policy));
    if (isDone) this.#deps.log.info("origin moved", said);
    if (isDone) this.#heldBack.delete(origin.id);
    else await this.#tellHeldBack(origin, transition);
    return isDone;
  }

  /**
   * Told once, until it comes about: the others that were there may just have gone, or too many have. Unless what was
   * decided upon was out of date: then the next decision is made upon what was just read.
   */
  async #tellHeldBack({ id, state, stateSince }: Origin, { to, reason }: Transition): Promise<void> {
    if (this.#heldBack.get(id) === to) return;
    await this.#read();
    const present = this.#registry?.origins.find((origin) => origin.id === id);
    if (present?.state !== state || present.stateSince !== stateSince) return;
    this.#heldBack.set(id, to);
    this.#deps.log.warn("origin held back", { origin: id, from: state, to, reason });
    if (!POWERS[state].serves || POWERS[to].serves) return;
    const event = { kind: "eviction-held", origin: id, message: `it would be ${to}, but others must stay: ${reason}` };
    const row = incidentOf({ ...this.#deps, actor: "control" }, event);
    await this.#inTime(() => insertIncidentOnce(this.#deps.db, row));
  }

  async #assign(): Promise<void> {
    if (!this.#registry) return;
    const lost = this.#lostStudios(this.#registry);
    const studios = assignStudios(this.#registry, this.#hearing.liveness(this.#policy, lost));
    const { added, removed } = assignSlicers(this.#registry);
    if (studios.length + added.length + removed.length === 0) return;
    const context = { ...this.#deps, actor: "control" };
    await this.#inTime(() => applyAssignment(context, { studios, added, removed }));
    await this.#read();
    for (const { station, studio, generation, reason } of studios) {
      this.#deps.log.info("studio changed", { station, studio, generation, reason });
    }
  }

  async #publish(): Promise<void> {
    const moment = { now: this.#deps.clock.now(), rampMs: this.#policy.rampMs };
    const snapshot = this.#registry && buildSnapshot(this.#registry, moment);
    if (snapshot) await this.#routing.keep(snapshot);
  }

  #inTime<T>(work: () => Promise<T>): Promise<T> {
    return withTimeout(POLICY.databaseTimeoutMs, "D1", work);
  }
}
