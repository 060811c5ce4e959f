import type { Heard } from "../../contracts/heard.ts";
import { artPath, type ComingItem, type HeardItem, type NowJson, type ToldItem } from "../../contracts/now-json.ts";
import type { ProgrammeItem, UpcomingItem } from "../../contracts/programme-item.ts";
import { INDEX_ITEMS } from "../../contracts/station-index.ts";
import { isoTime } from "../../contracts/timeline.ts";

/** The reel at the live edge, and the first frame in which it is heard. */
export type Slate = { frame: number; title: string };

export function slateItem({ frame, title }: Slate): ProgrammeItem {
  return { frame, source: "slate", title, artist: "", frames: null };
}

/**
 * What is on at the live edge, what was and what comes. While the reel is heard, it is what is on, and nobody knows what
 * comes.
 */
export function renderNow(station: string, name: string, heard: Heard | null, slate: Slate | null): NowJson {
  const items = [...(heard?.items ?? []), ...(slate === null ? [] : [slateItem(slate)])];
  const history = items.slice(-INDEX_ITEMS).reverse();
  const [current] = history;
  const isPlanned = typeof current?.frames === "number";
  return {
    station,
    name,
    now: current === undefined ? null : { ...heardItem(station, current), endsAt: endOf(current) },
    history: history.map((item) => heardItem(station, item)),
    next: slate === null ? (heard?.next ?? []).map((item) => comingItem(station, item, isPlanned)) : [],
  };
}

function heardItem(station: string, item: ProgrammeItem): HeardItem {
  return { ...toldItem(station, item), startsAt: isoTime(item.frame) };
}

/** Nobody knows when the plan is gone on with, where nobody knows the end of what is on. */
function comingItem(station: string, item: UpcomingItem, isPlanned: boolean): ComingItem {
  const { frame } = item;
  return { ...toldItem(station, item), ...(isPlanned && frame !== undefined ? { startsAt: isoTime(frame) } : {}) };
}

function toldItem(station: string, { source, title, artist, host, cover }: UpcomingItem): ToldItem {
  const art = cover === undefined ? undefined : artPath(station, cover);
  return { source, title, artist, host, art };
}

function endOf(item: ProgrammeItem): string | null {
  return item.frames === null ? null : isoTime(item.frame + item.frames);
}
