import type { StationPlan } from "../plan.ts";
import type { RundownItem } from "../rundown-item.ts";
import type { Slot } from "../slot.ts";
import { SAMPLES_PER_FRAME } from "../timeline.ts";
import { LONGEST_GAP } from "./lengths.ts";
import type { Entry, Library } from "./library.ts";
import { createRotation, type Surroundings } from "./rotation.ts";
import { createRow } from "./row.ts";
import { type Span, type Stretch, stretchAt } from "./timetable.ts";

/** What plays in a span; `onAir` is what is on at its beginning already. */
export function fillBlock(
  plan: StationPlan,
  library: Library,
  span: Span,
  onAir: RundownItem | null,
  surroundings: Surroundings,
): readonly RundownItem[] {
  const slots = plan.slots.filter((slot) => slot.until * SAMPLES_PER_FRAME > span.from);
  const row = createRow(plan.rules, plan.targetLoudness, span.from, onAir);
  const rotation = createRotation(plan, library, surroundings);

  /** No block begins amid a show, but the one in which the plan begins to decide: there some of it may have been heard. */
  function playShow(media: readonly string[], slot: Slot, stretch: Stretch): void {
    const start = slot.from * SAMPLES_PER_FRAME;
    const isFirst = span.from === plan.effectiveFrom * SAMPLES_PER_FRAME;
    if (start < span.from && !isFirst) return;
    const heard = surroundings.before.filter((item) => item.source === "show" && isOf(item, slot)).length;
    for (const entry of media.flatMap((one) => library.entry(one) ?? []).slice(heard)) {
      if (stretch.until - row.place <= LONGEST_GAP) return;
      rotation.add(row.append(entry, "show", slot, stretch));
    }
  }

  function playRotation(slot: Slot | null, stretch: Stretch): void {
    const startFor = (entry: Entry) => row.startFor(entry, "autopilot", stretch);
    while (stretch.until - row.place > LONGEST_GAP) {
      const chosen = rotation.choose(stretch, row.place, startFor);
      if (!chosen) return;
      rotation.add(row.append(chosen, "autopilot", slot, stretch));
    }
  }

  while (row.place < span.until) {
    const stretch = stretchAt(slots, row.place, span);
    const { slot } = stretch;
    if (slot?.content.kind === "show") playShow(slot.content.media, slot, stretch);
    playRotation(slot?.content.kind === "show" ? null : slot, stretch);
    row.skipTo(stretch.until);
  }
  return row.items;
}

function isOf(item: RundownItem, slot: Slot): boolean {
  return item.slot?.entry === slot.entry && item.slot.from === slot.from;
}
