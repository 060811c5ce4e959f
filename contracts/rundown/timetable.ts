import type { RundownItem } from "../rundown-item.ts";
import type { Slot } from "../slot.ts";
import { SAMPLES_PER_FRAME } from "../timeline.ts";
import { CUT_FADE, SOFT_WAIT } from "./lengths.ts";

/** Time with one content: a slot, or what lies between two. In samples. */
export type Stretch = {
  slot: Slot | null;
  from: number;
  /** Nothing of this stretch begins from here on. */
  until: number;
  /** What is on at `until` may go on to its end, but not beyond this. */
  limit: number;
};

/** A part of the programme that is worked out by itself: nothing goes on beyond its end. */
export type Span = { from: number; until: number };

/** The stretch to which `place` belongs, within a span. */
export function stretchAt(slots: readonly Slot[], place: number, span: Span): Stretch {
  const slot = slots.find((one) => startOf(one) <= place && place < endOf(one)) ?? null;
  const before = slots.findLast((one) => endOf(one) <= place);
  const from = slot ? startOf(slot) : before ? endOf(before) : 0;
  const end = slot ? endOf(slot) : nextStart(slots, place);
  const until = Math.min(end, span.until);
  return { slot, from: Math.max(from, span.from), until, limit: Math.min(limitOf(slots, until), span.until) };
}

/**
 * An item that is on air in the sample `now`, in which the plan begins to decide, with the end that the plan gives it.
 * What has lost its place in the schedule is cut by a hard start only.
 */
export function goOn(item: RundownItem, slots: readonly Slot[], now: number): RundownItem {
  const slot = slots.find(({ entry, from }) => entry === item.slot?.entry && from === item.slot.from);
  const due = slot ? endOf(slot) : item.slot ? Number.POSITIVE_INFINITY : nextStart(slots, now);
  const hard = slots.find((one) => one.start === "hard" && startOf(one) > now);
  const limit = Math.min(Math.max(due, now) + SOFT_WAIT, hard ? startOf(hard) : Number.POSITIVE_INFINITY);
  return endAt({ ...item, until: naturalEnd(item) }, limit);
}

/** An item that ends at `limit` at the latest, faded where it is cut. */
export function endAt(item: RundownItem, limit: number): RundownItem {
  if (item.until <= limit) return { ...item, fadeOut: 0 };
  return { ...item, until: limit, fadeOut: Math.min(CUT_FADE, limit - item.from - item.fadeIn) };
}

/** Where an item would end if nothing cut it short. */
export function naturalEnd({ from, offset, track }: RundownItem): number {
  return from + track.cue.out - offset;
}

function limitOf(slots: readonly Slot[], until: number): number {
  const hard = slots.find((one) => one.start === "hard" && startOf(one) >= until);
  return Math.min(until + SOFT_WAIT, hard ? startOf(hard) : Number.POSITIVE_INFINITY);
}

function nextStart(slots: readonly Slot[], place: number): number {
  const next = slots.find((one) => startOf(one) > place);
  return next ? startOf(next) : Number.POSITIVE_INFINITY;
}

function startOf(slot: Slot): number {
  return slot.from * SAMPLES_PER_FRAME;
}

function endOf(slot: Slot): number {
  return slot.until * SAMPLES_PER_FRAME;
}
