import type { StationPlan } from "../plan.ts";
import type { RundownItem } from "../rundown-item.ts";
import { SAMPLES_PER_FRAME } from "../timeline.ts";
import { fillBlock } from "./block.ts";
import { layBlocks } from "./blocks.ts";
import { readLibrary } from "./library.ts";
import { goOn } from "./timetable.ts";

/**
 * What a plan makes of the time. It is worked out in blocks, so that any time can be told without all that went before:
 * blocks with an even number follow from the plan alone; each other one also from the block before it, as what has been
 * heard, and from the one after it, as what is promised. So the rules hold throughout, and everyone finds the same.
 */
export type Rundown = {
  /** What is heard between two samples of programme time, ascending; cheap for hours, not for months. */
  at(from: number, until: number): RundownItem[];
};

/** Blocks of six hours: a day, and what surrounds it. */
const KEPT_BLOCKS = 16;

export function createRundown(plan: StationPlan): Rundown {
  const library = readLibrary(plan);
  const first = plan.effectiveFrom * SAMPLES_PER_FRAME;
  const last = plan.carry.at(-1);
  const onAir = last && last.until > first ? goOn(last, plan.slots, first) : null;
  const past = onAir ? plan.carry.slice(0, -1) : plan.carry;
  const blocks = layBlocks(plan.slots, library, first, onAir);
  const kept = new Map<number, readonly RundownItem[]>();

  function items(block: number): readonly RundownItem[] {
    const known = kept.get(block) ?? fill(block);
    kept.delete(block);
    kept.set(block, known);
    for (const oldest of kept.keys()) {
      if (kept.size > KEPT_BLOCKS) kept.delete(oldest);
    }
    return known;
  }

  function fill(block: number): readonly RundownItem[] {
    const span = { from: blocks.start(block), until: blocks.start(block + 1) };
    if (span.from === span.until) return [];
    const isFirst = span.from === first;
    const before = isFirst ? [...past, ...(onAir ? [onAir] : [])] : isAnchor(block) ? [] : items(previous(block));
    const following = next(block);
    const ahead = isAnchor(following) ? items(following) : [];
    return fillBlock(plan, library, span, isFirst ? onAir : null, { before, ahead });
  }

  function previous(block: number): number {
    let found = block - 1;
    while (blocks.start(found) === blocks.start(block)) found--;
    return found;
  }

  function next(block: number): number {
    let found = block + 1;
    while (blocks.start(found) === blocks.start(found + 1)) found++;
    return found;
  }

  return {
    at(from, until) {
      const isHeard = (item: RundownItem) => item.from < until && from < item.until;
      const found = past.filter(isHeard);
      const end = Math.max(until, first + 1);
      for (let block = blocks.at(Math.max(from, first)); blocks.start(block) < end; block++) {
        found.push(...items(block).filter(isHeard));
      }
      return found;
    },
  };
}

const rundowns = new WeakMap<StationPlan, Rundown>();

/** What is heard between two samples under a plan; what was worked out is kept as long as the plan is. */
export function rundownAt(plan: StationPlan, from: number, until: number): RundownItem[] {
  const rundown = rundowns.get(plan) ?? createRundown(plan);
  rundowns.set(plan, rundown);
  return rundown.at(from, until);
}

function isAnchor(block: number): boolean {
  return block % 2 === 0;
}
