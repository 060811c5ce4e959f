import type { RundownItem } from "../rundown-item.ts";
import type { Slot } from "../slot.ts";
import { SAMPLES_PER_FRAME } from "../timeline.ts";
import { HOUR, lengthOf, MINUTE, SOFT_WAIT } from "./lengths.ts";
import type { Library } from "./library.ts";

/** Longer than the longest separation, so that what is two blocks away never matters. */
export const BLOCK = 6 * HOUR;
/** Past the hour, since much begins on the hour and on the half. */
const PHASE = 20 * MINUTE;
/** A block ends so long before a soft start or not at all near it: the track before it shall be heard to its end. */
const SOFT_LEAD = 5 * MINUTE;

/** Blocks of programme time, numbered since the epoch; some are empty. Block `n` ends where block `n + 1` begins. */
export type Blocks = {
  start(block: number): number;
  /** The block that holds a sample. */
  at(sample: number): number;
};

type Span = { from: number; until: number };

/**
 * Every six hours a new block, but earlier where that would be amid a show or beside a soft start; and none before
 * `first`, the sample from which the plan decides. `onAir` is what is on then.
 */
export function layBlocks(slots: readonly Slot[], library: Library, first: number, onAir: RundownItem | null): Blocks {
  const shows = unite([
    ...(onAir ? [{ from: first, until: onAir.until }] : []),
    ...slots.flatMap((slot) => showSpan(slot, library)),
  ]);
  const softStarts = slots
    .filter((slot) => slot.start === "soft")
    .map(({ from }) => ({
      from: from * SAMPLES_PER_FRAME - SOFT_LEAD,
      until: from * SAMPLES_PER_FRAME + SOFT_WAIT,
    }))
    .filter((span) => !shows.some((show) => holds(show, span.from)));
  const starts = new Map<number, number>();

  function start(block: number): number {
    const known = starts.get(block);
    if (known !== undefined) return known;
    const place = block * BLOCK + PHASE;
    const beforeShow = shows.find((span) => holds(span, place))?.from ?? place;
    const beforeStart = softStarts.find((span) => holds(span, beforeShow))?.from ?? beforeShow;
    const found = Math.max(first, beforeStart);
    if (starts.size > 1000) starts.clear();
    starts.set(block, found);
    return found;
  }

  function at(sample: number): number {
    let block = Math.floor((sample - PHASE) / BLOCK);
    while (start(block + 1) <= sample) block++;
    return block;
  }

  return { start, at };
}

function holds(span: Span, place: number): boolean {
  return span.from <= place && place < span.until;
}

/** When the files of a show may be on air: a soft start may be late, and its last file may run over. */
function showSpan({ content, from, until, start }: Slot, library: Library): Span[] {
  if (content.kind !== "show") return [];
  const length = content.media.reduce((sum, media) => {
    const entry = library.entry(media);
    return sum + (entry ? lengthOf(entry.track) : 0);
  }, 0);
  const [first, last] = [from * SAMPLES_PER_FRAME, until * SAMPLES_PER_FRAME];
  if (start === "hard" && first + length <= last) return [{ from: first, until: first + length }];
  return [{ from: first, until: Math.min(first + length, last) + SOFT_WAIT }];
}

/** Spans that overlap become one. Ascending. */
function unite(spans: readonly Span[]): Span[] {
  const united: Span[] = [];
  for (const span of spans.toSorted((one, other) => one.from - other.from)) {
    const last = united.at(-1);
    if (last && span.from < last.until) last.until = Math.max(last.until, span.until);
    else united.push({ ...span });
  }
  return united;
}
