import type { PcmSource } from "./pcm-source.ts";

export type Candidate = Pick<PcmSource, "id" | "source" | "ready" | "starving" | "silent" | "isOver">;

/** A source that ran dry on air stays off it for a while, the longer the oftener it happened lately. */
type Rest = { since: number; ms: number };

export type Direction = {
  /** Id of the source on air; null before the first frame. */
  readonly onAir: string | null;
  readonly rests: ReadonlyMap<string, Rest>;
};

export const FIRST_DIRECTION: Direction = { onAir: null, rests: new Map() };

/** Cannot be made faster than it is heard, so it must not be on while the programme catches up. */
const OF_NOW: ReadonlySet<string> = new Set(["live", "relay"]);

const FIRST_REST_MS = 2000;
const LONGEST_REST_MS = 30_000;
/** After so long without running dry, the rests begin anew. */
const FORGIVEN_AFTER_MS = 60_000;

/**
 * Which source is on air next: the first of the candidates, which stand by falling priority, that is fit. What is on air
 * is fit until it starves or is over, the others when they are ready and rested; live and relay must also find the
 * programme at the clock. One that is silent is not fit, and needs no rest when it is heard again. The last candidate is
 * the last resort. Returns `direction` itself when nothing changes. `now` in monotonic ms.
 */
export function direct(
  direction: Direction,
  candidates: readonly Candidate[],
  situation: { now: number; atClock: boolean },
): Direction {
  const { now, atClock } = situation;
  const isFit = (candidate: Candidate) => {
    if (candidate.silent) return false;
    if (candidate.id === direction.onAir) return !candidate.starving && !candidate.isOver;
    const rest = direction.rests.get(candidate.id);
    const isRested = rest === undefined || now >= rest.since + rest.ms;
    return candidate.ready && isRested && (atClock || !OF_NOW.has(candidate.source));
  };
  const onAir = (candidates.find(isFit) ?? candidates.at(-1))?.id ?? null;
  if (onAir === direction.onAir) return direction;
  const left = candidates.find(({ id }) => id === direction.onAir);
  return { onAir, rests: left?.starving ? afterStarving(direction.rests, left.id, candidates, now) : direction.rests };
}

function afterStarving(
  rests: Direction["rests"],
  id: string,
  candidates: readonly Candidate[],
  now: number,
): Direction["rests"] {
  const before = rests.get(id);
  const isRepeated = before !== undefined && now < before.since + before.ms + FORGIVEN_AFTER_MS;
  const ms = isRepeated ? Math.min(LONGEST_REST_MS, before.ms * 2) : FIRST_REST_MS;
  const known = [...rests].filter(([other]) => candidates.some((candidate) => candidate.id === other));
  return new Map([...known, [id, { since: now, ms }]]);
}
