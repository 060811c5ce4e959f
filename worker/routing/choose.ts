import { hash53 } from "./hash.ts";

export type Candidate = {
  origin: string;
  weight: number;
  generation: number;
  /** How many origins hold the same bytes, itself among them. */
  agreement: number;
};

/**
 * The order in which origins are asked for a segment: the higher generation first, within it what most origins hold, and
 * among equals by weighted rendezvous
 * (each origin scores -weight / ln(h) with its own h in (0, 1) for this segment). Every isolate finds the same order
 * without talking, each origin comes first in proportion to its weight, and a change of one weight moves nothing
 * between the others. Weight 0 comes after all else.
 */
export function choose<C extends Candidate>(station: string, segment: number, candidates: readonly C[]): C[] {
  return candidates
    .map((candidate) => {
      const unit = (hash53(`${station}/${segment}/${candidate.origin}`) + 0.5) / 2 ** 53;
      return { candidate, unit, score: -candidate.weight / Math.log(unit) };
    })
    .sort(
      (one, other) =>
        other.candidate.generation - one.candidate.generation ||
        other.candidate.agreement - one.candidate.agreement ||
        other.score - one.score ||
        other.unit - one.unit,
    )
    .map(({ candidate }) => candidate);
}
