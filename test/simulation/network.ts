import type { OriginId } from "../../contracts/names.ts";

/** With whom an origin may be out of touch. */
export type Side = "control" | "edge" | "peers";
export const SIDES: readonly Side[] = ["control", "edge", "peers"];

/** The ways between the origins and all others: each is open, or cut by one fault or several. */
export class Network {
  readonly #cuts = new Map<string, number>();

  cut(origin: OriginId, side: Side): void {
    this.#add(origin, side, 1);
  }

  mend(origin: OriginId, side: Side): void {
    this.#add(origin, side, -1);
  }

  reaches(origin: OriginId, side: Side): boolean {
    return (this.#cuts.get(`${origin} ${side}`) ?? 0) === 0;
  }

  connects(one: OriginId, other: OriginId): boolean {
    return this.reaches(one, "peers") && this.reaches(other, "peers");
  }

  #add(origin: OriginId, side: Side, by: number): void {
    const key = `${origin} ${side}`;
    this.#cuts.set(key, (this.#cuts.get(key) ?? 0) + by);
  }
}
