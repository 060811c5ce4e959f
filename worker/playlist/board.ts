import { type DatedTag, itemTag } from "../../contracts/date-range.ts";
import { type Heard, heardTogether } from "../../contracts/heard.ts";
import type { OriginId, RenditionName, StationSlug } from "../../contracts/names.ts";
import { type ListedSegment, PLAYLIST_TYPE, renderMediaPlaylist } from "../../contracts/playlist.ts";
import type { RoutedStation, Routing } from "../../contracts/routing.ts";
import type { StationIndex } from "../../contracts/station-index.ts";
import { firstFrame } from "../../contracts/timeline.ts";
import { Memo } from "../cache/memo.ts";
import { Rendered } from "../cache/rendered.ts";
import { eachLimited } from "../each-limited.ts";
import type { Sight } from "../listing/extend.ts";
import type { Reach } from "../reach.ts";
import { Counted } from "../reel/counted.ts";
import { indexFreshUntil, type KnownIndex, newerIndex } from "./known-index.ts";
import { type Holdings, merge } from "./merge.ts";
import { renderNow, type Slate, slateItem } from "./now.ts";
import { readIndex } from "./read-index.ts";
import { Reeled } from "./reeled.ts";
import { planBlindWindow, planWindow, segmentsOf, type Window } from "./window.ts";

/** A request may have six connections at once; the rest are for what it was made for. */
const CONCURRENT_READS = 4;
/** With unchanged indexes a playlist changes only by the end of a wait for a hole: look this often. */
const REPLAN_MS = 200;

/** What is known of a station at one moment; its texts are rendered when first asked for. */
export type View = {
  readonly at: number;
  readonly station: RoutedStation;
  readonly indexes: readonly StationIndex[];
  readonly holdings: Holdings;
  readonly heard: Heard | null;
  readonly windows: Map<RenditionName, Window>;
  readonly playlists: Map<RenditionName, Rendered>;
  now: Rendered | null;
};

/** What the origins of one station hold, as far as this isolate knows. */
export class Board {
  readonly #slug: StationSlug;
  readonly #memos = new Map<OriginId, Memo<KnownIndex | null>>();
  readonly #playlists = new Map<RenditionName, { text: string; rendered: Rendered }>();
  /** Under which numbers this isolate has listed the reel. */
  readonly reeled = new Reeled();
  readonly counted = new Counted();
  #view: View | null = null;
  #now: { text: string; rendered: Rendered } | null = null;

  constructor(slug: StationSlug) {
    this.#slug = slug;
  }

  /** The station's indexes, read anew where they are due, and merged. Never rejects. */
  async view(routing: Routing, station: RoutedStation, reach: Reach): Promise<View> {
    const due = this.#due(station, reach.clock.now());
    if (due.length > 0) {
      await eachLimited(due, CONCURRENT_READS, (origin) => this.#refresh(routing, origin, reach));
    }
    return this.#merged(station, reach.clock.now());
  }

  /** What one origin offers, be it routed as a slicer or not; null when it has no index. */
  async indexOf(origin: OriginId, routing: Routing, reach: Reach): Promise<StationIndex | null> {
    await this.#refresh(routing, origin, reach);
    return this.#memo(origin).last?.index ?? null;
  }

  /** Takes in an index that its origin has just put into R2. */
  take(origin: OriginId, known: KnownIndex, now: number): void {
    const memo = this.#memo(origin);
    const value = newerIndex(memo.last ?? null, known);
    memo.set({ value, readAt: now });
  }

  /** What there is of a rendition, for its listing. */
  sight(view: View, rendition: RenditionName): Sight {
    const stored = new Set<string>();
    for (const { last } of this.#memos.values()) {
      if (!last?.stored) continue;
      for (const { number } of last.index.segments) stored.add(`${last.index.origin}/${number}`);
    }
    return {
      slug: this.#slug,
      station: view.station,
      rendition,
      window: this.windowOf(view, rendition),
      holdings: view.holdings,
      isReeled: (number) => this.reeled.has(rendition, number),
      isStored: (origin, number) => stored.has(`${origin}/${number}`),
    };
  }

  windowOf({ holdings, station: { framesPerSegment }, at, windows }: View, rendition: RenditionName): Window {
    const planned = windows.get(rendition);
    if (planned !== undefined) return planned;
    const seen = planWindow(holdings, rendition, framesPerSegment, at);
    if (seen !== null) this.reeled.note(rendition, seen, holdings);
    const window = seen ?? planBlindWindow(framesPerSegment, at);
    windows.set(rendition, window);
    return window;
  }

  playlistOf(view: View, rendition: RenditionName, window: Window): Rendered {
    let rendered = view.playlists.get(rendition);
    if (rendered === undefined) {
      rendered = this.render(rendition, segmentsOf(window), view);
      view.playlists.set(rendition, rendered);
    }
    return rendered;
  }

  /** The number from which the reel is heard at the edge of every rendition; null while the programme is. */
  reelSince(view: View): number | null {
    const since = view.station.renditions.map((rendition) => this.windowOf(view, rendition).reelSince);
    return since.reduce(
      (latest, each) => (latest === null || each === null ? null : Math.max(latest, each)),
      since[0] ?? null,
    );
  }

  /** `slate`: what the reel is called, where it is heard. */
  nowOf(view: View, slate: Slate | null): Rendered {
    if (view.now !== null) return view.now;
    const text = JSON.stringify(renderNow(this.#slug, view.station.name, view.heard, slate));
    if (this.#now?.text !== text) this.#now = { text, rendered: new Rendered(text, "application/json") };
    view.now = this.#now.rendered;
    return view.now;
  }

  /** What is heard and when, as tags of the rendition's playlist. */
  tags(view: View, rendition: RenditionName): DatedTag[] {
    const { heard, station } = view;
    const { reelSince } = this.windowOf(view, rendition);
    const items = [...(heard?.items ?? [])];
    if (reelSince !== null) {
      items.push(slateItem({ frame: firstFrame(reelSince, station.framesPerSegment), title: "" }));
    }
    return items.map((item) => itemTag(this.#slug, item));
  }

  render(rendition: RenditionName, segments: readonly ListedSegment[], view: View): Rendered {
    const text = renderMediaPlaylist(segments, view.station.framesPerSegment, this.tags(view, rendition));
    return this.rendered(rendition, text);
  }

  /** The same text is rendered once. */
  rendered(rendition: RenditionName, text: string): Rendered {
    const before = this.#playlists.get(rendition);
    if (before?.text === text) return before.rendered;
    const rendered = new Rendered(text, PLAYLIST_TYPE);
    this.#playlists.set(rendition, { text, rendered });
    return rendered;
  }

  #due(station: RoutedStation, now: number): OriginId[] {
    const due: OriginId[] = [];
    for (const { origin } of station.slicers) if (this.#memo(origin).isDue(now)) due.push(origin);
    return due;
  }

  #memo(origin: OriginId): Memo<KnownIndex | null> {
    let memo = this.#memos.get(origin);
    if (memo === undefined) {
      memo = new Memo(`the index of ${origin} for ${this.#slug}`, ({ value, readAt }) =>
        indexFreshUntil(value?.index ?? null, readAt),
      );
      this.#memos.set(origin, memo);
    }
    return memo;
  }

  #refresh(routing: Routing, origin: OriginId, reach: Reach): Promise<void> {
    return this.#memo(origin).refresh((known) => readIndex(routing, this.#slug, origin, known ?? null, reach), reach);
  }

  #merged(station: RoutedStation, now: number): View {
    const indexes = station.slicers.flatMap(({ origin }) => this.#memo(origin).last?.index ?? []);
    const before = this.#view;
    if (before !== null && isCurrent(before, station, indexes, now)) return before;
    const isComparable = before?.station.framesPerSegment === station.framesPerSegment;
    const known: Holdings = isComparable ? before.holdings : new Map();
    const holdings = merge(known, indexes, station.framesPerSegment, now, reserveOf(station));
    const heard = heardTogether(indexes, now);
    this.#view = { at: now, station, indexes, holdings, heard, windows: new Map(), playlists: new Map(), now: null };
    return this.#view;
  }
}

/** The origins of weight 0, where there are others. */
function reserveOf({ slicers }: RoutedStation): ReadonlySet<OriginId> {
  const isNeeded = slicers.every(({ weight }) => weight === 0);
  return new Set(isNeeded ? [] : slicers.filter(({ weight }) => weight === 0).map(({ origin }) => origin));
}

function isCurrent(view: View, station: RoutedStation, indexes: readonly StationIndex[], now: number): boolean {
  return (
    view.station === station &&
    now >= view.at &&
    now < view.at + REPLAN_MS &&
    view.indexes.length === indexes.length &&
    indexes.every((index, position) => index === view.indexes[position])
  );
}
