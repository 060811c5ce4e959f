import type { StationSlug } from "../../contracts/names.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Registry } from "../registry/registry.ts";

/** Since when each station is known to be under its generation: a studio that was just named has had no time to be heard. */
export class StudioAges {
  readonly #clock: Clock;
  readonly #studios = new Map<StationSlug, { generation: number; since: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note({ stations }: Pick<Registry, "stations">): void {
    const since = this.#clock.monotonic();
    for (const { slug, generation } of stations) {
      if (this.#studios.get(slug)?.generation !== generation) this.#studios.set(slug, { generation, since });
    }
  }

  /** 0 for a station that was not noted. */
  ms(station: StationSlug): number {
    const now = this.#clock.monotonic();
    return now - (this.#studios.get(station)?.since ?? now);
  }
}
