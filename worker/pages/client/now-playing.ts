import type { ComingItem, HeardItem, NowJson } from "../../../contracts/now-json.ts";

/** What a listener hears, heard and will hear. */
export type Heard = { item: HeardItem | null; before: HeardItem[]; coming: ComingItem[] };

/** What is on as it was last asked for, with what the playlist, which is read far oftener, has announced since. */
export function withAnnounced(latest: NowJson, announced: readonly HeardItem[]): NowJson {
  const known = new Set(latest.history.map(({ startsAt }) => startsAt));
  const news = announced.filter(({ startsAt }) => !known.has(startsAt));
  if (news.length === 0) return latest;
  const history = [...latest.history, ...news].sort(
    (one, other) => Date.parse(other.startsAt) - Date.parse(one.startsAt),
  );
  const isNew = (coming: ComingItem) =>
    news.some(
      ({ source, title, artist }) => source === coming.source && title === coming.title && artist === coming.artist,
    );
  return { ...latest, history, next: latest.next.filter((coming) => !isNew(coming)) };
}

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

/** A new item is known this long after it began: its segment has to end and get to the edge. */
const PUBLISHED_AFTER_MS = 4500;
const SOONEST_MS = 2000;

/** Ms until the next poll: about `usualMs`, sooner when an item is about to end. */
export function nextPollIn(latest: NowJson | null, unixMs: number, random: () => number, usualMs: number): number {
  const usual = usualMs * (0.8 + 0.4 * random());
  const end = latest?.now?.endsAt;
  if (!end) return usual;
  const afterEnd = Date.parse(end) + PUBLISHED_AFTER_MS + 1000 * random() - unixMs;
  return afterEnd < 0 ? usual : Math.max(SOONEST_MS, Math.min(usual, afterEnd));
}
