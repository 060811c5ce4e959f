import type { Heartbeat, StationReport } from "../../contracts/fleet.ts";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Liveness } from "../registry/assign.ts";
import { LIMITS } from "../registry/limits.ts";
import type { HealthPolicy } from "./health-policy.ts";

/** The last that was heard of one origin. */
export type Heard = {
  origin: OriginId;
  /** Unix ms. */
  at: number;
  silentMs: number;
  rung: string | null;
  /** What was found at that rung, in words. */
  rungDetail: string | null;
  /** Whether it is being stopped in good order. */
  leaving: boolean;
  /** Its clock minus ours, in ms, the way included; null before its first heartbeat. */
  clockOffMs: number | null;
  stations: StationReport[];
};

type Entry = { at: number; monotonic: number; heartbeat: Heartbeat | null; clockOffMs: number | null };

/** Who was heard of, and when. In memory alone: after a restart control listens anew before it judges. */
export class Hearing {
  readonly #clock: Clock;
  /** When control began to listen, for the first time or after an absence. */
  #startedAt: number;
  readonly #entries = new Map<OriginId, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** An origin has registered: it lives, and has nothing to report yet. */
  registered(id: OriginId): void {
    this.#entries.set(id, { ...this.#now(), heartbeat: null, clockOffMs: null });
  }

  heartbeat(id: OriginId, heartbeat: Heartbeat): void {
    const now = this.#now();
    this.#entries.set(id, { ...now, heartbeat, clockOffMs: heartbeat.now - now.at });
  }

  /** Control was away: it must listen anew before it judges. */
  listenAnew(): void {
    this.#startedAt = this.#clock.monotonic();
  }

  /** Forgets all others: what they said does not count any more. */
  keepOnly(ids: ReadonlySet<OriginId>): void {
    for (const id of this.#entries.keys()) if (!ids.has(id)) this.#entries.delete(id);
  }

  /** Ms since an origin was heard of; since our own start for one that was not. */
  silentMs(id: OriginId): number {
    return this.#clock.monotonic() - (this.#entries.get(id)?.monotonic ?? this.#startedAt);
  }

  /** `lost` are the studios to be replaced though they are alive by that. */
  liveness(policy: HealthPolicy, lost: Liveness["lost"] = new Map()): Liveness {
    const alive = new Set<OriginId>();
    const generations = new Map<StationSlug, number>();
    for (const [id, { heartbeat }] of this.#entries) {
      if (this.silentMs(id) <= policy.studioSilentMs && !heartbeat?.leaving) alive.add(id);
      for (const { slug, generation } of heartbeat?.stations ?? []) {
        if (generation > LIMITS.generation) continue;
        generations.set(slug, Math.max(generation, generations.get(slug) ?? 0));
      }
    }
    return { alive, judging: this.judging(policy), generations, lost };
  }

  /** Whether control has listened for long enough to tell the silent from those it has not had the time to hear. */
  judging(policy: HealthPolicy): boolean {
    return this.#clock.monotonic() - this.#startedAt > policy.graceMs;
  }

  all(): Heard[] {
    return [...this.#entries].map(([origin, entry]) => ({
      origin,
      at: entry.at,
      silentMs: this.silentMs(origin),
      rung: entry.heartbeat?.rung ?? null,
      rungDetail: entry.heartbeat?.rungDetail ?? null,
      leaving: entry.heartbeat?.leaving ?? false,
      clockOffMs: entry.clockOffMs,
      stations: entry.heartbeat?.stations ?? [],
    }));
  }

  #now() {
    return { at: this.#clock.now(), monotonic: this.#clock.monotonic() };
  }
}
