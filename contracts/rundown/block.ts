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
  if (onAir) rotation.add(onAir);

  function playShow(media: readonly string[], stretch: Stretch): void {
    const played = [...plan.carry, ...row.items].filter((item) => item.source === "show" && isOf(item, stretch.slot));
    for (const entry of media.flatMap((one) => library.entry(one) ?? []).slice(played.length)) {
      if (stretch.until - row.place <= LONGEST_GAP) return;
      rotation.add(row.append(entry, "show", stretch.slot, stretch));
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
    const isShow = stretch.slot?.content.kind === "show";
    if (stretch.slot?.content.kind === "show") playShow(stretch.slot.content.media, stretch);
    playRotation(isShow ? null : stretch.slot, stretch);
    row.skipTo(stretch.until);
  }
  return row.items;
}

function isOf(item: RundownItem, slot: Slot | null): boolean {
  return item.slot !== null && item.slot.entry === slot?.entry && item.slot.from === slot.from;
}
