import type { NowJson } from "../../../contracts/now-json.ts";

export type HeardItem = NowJson["history"][number];
export type ComingItem = NowJson["next"][number];
/** What a listener hears, heard and will hear. */
export type Heard = { item: HeardItem | null; before: HeardItem[]; coming: ComingItem[] };

/** What was on at programme time `at`; without a time, what is on at the live edge. */
export function heardAt({ now, history, next }: NowJson, at: Date | null): Heard {
  const items = history.length > 0 || now === null ? history : [now];
  const index = at === null ? 0 : items.findIndex(({ startsAt }) => Date.parse(startsAt) <= at.getTime());
  const known = index === -1 ? items.length : index;
  return {
    item: items[known] ?? null,
    before: items.slice(known + 1),
    coming: [...items.slice(0, known).reverse(), ...next],
  };
}

const USUAL_MS = 10_000;
/** A new item is known this long after it began: its segment has to end and get to the edge. */
const PUBLISHED_AFTER_MS = 4500;
const SOONEST_MS = 2000;

/** Ms until the next poll: about 10 s, sooner when an item is about to end. */
export function nextPollIn(latest: NowJson | null, unixMs: number, random: () => number): number {
  const usual = USUAL_MS * (0.8 + 0.4 * random());
  const end = latest?.now?.endsAt;
  if (!end) return usual;
  const afterEnd = Date.parse(end) + PUBLISHED_AFTER_MS + 1000 * random() - unixMs;
  return afterEnd < 0 ? usual : Math.max(SOONEST_MS, Math.min(usual, afterEnd));
}
