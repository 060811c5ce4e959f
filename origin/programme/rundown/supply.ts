/** An item of the rundown as the play-out sees it, in samples of programme time. */
export type Supplied = {
  from: number;
  until: number;
  /** Sample up to which it can be heard already, `until` when all of it can; null when its file is not here or is broken. */
  buffered: number | null;
};

export type Supply = {
  /** First sample that cannot be heard yet, or not at all. */
  until: number;
  /** Whether nothing is to be had from there on, rather than on its way. */
  isGap: boolean;
};

/** Silence that a rundown may have between two items: 0.5 s. */
const LONGEST_SILENCE = 24_000;

/**
 * How far a rundown can be played from `sample` on. `items` ascend by `from`, and reach up to `horizon`. It is an item's
 * turn until the next begins: so one that is missing is over when the next has begun, and not when it would have faded.
 */
export function supplyFrom(sample: number, items: readonly Supplied[], horizon: number): Supply {
  const limits: Supply[] = [{ until: horizon, isGap: false }];
  const gapAt = (place: number) => limits.push({ until: Math.max(sample, place), isGap: true });
  let covered = sample;
  for (const [index, { from, until, buffered }] of items.entries()) {
    if (from > covered + LONGEST_SILENCE) gapAt(covered);
    const turnEnds = items[index + 1]?.from ?? until;
    if (buffered === null) {
      if (turnEnds > sample) gapAt(from);
    } else {
      if (buffered < until && until > sample) limits.push({ until: Math.max(sample, buffered), isGap: false });
      covered = Math.max(covered, until);
    }
  }
  if (covered + LONGEST_SILENCE < horizon) gapAt(covered);
  return limits.reduce((first, limit) => (limit.until < first.until ? limit : first));
}
