import type { OriginId, RenditionName, StationSlug } from "../../contracts/names.ts";
import type { NamedStudio, Published } from "../../contracts/published.ts";
import type { RoutedStation, Routing } from "../../contracts/routing.ts";
import type { StationIndex } from "../../contracts/station-index.ts";
import { indexFreshUntil, isStale, type KnownIndex, newerIndex, segmentMs } from "../../worker/playlist/known-index.ts";
import { isAboutToChange } from "../../worker/playlist/media-playlist.ts";
import { type Holdings, merge } from "../../worker/playlist/merge.ts";
import { Reeled } from "../../worker/playlist/reeled.ts";
import { planBlindWindow, planWindow, playlistCacheControl, type Window } from "../../worker/playlist/window.ts";
import { type Attempt, afterHang, planAttempts } from "../../worker/segment/attempts.ts";
import { newestOf } from "../../worker/upload/published.ts";
import { type Bucket, laterIndex } from "./bucket.ts";
import { type Content, contentOf } from "./content.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What is asked of an origin over HTTP; null when it does not answer. */
export type Direct = {
  index(origin: OriginId): StationIndex | null;
  segment(origin: OriginId, number: number): { sha256: string; bytes: Buffer } | null;
};

export type Heard = { content: Content | "reel" };
export type Listing = { window: Window; freshMs: number };

/** How long the edge waits: for an index, for one attempt at a segment, and for an answer that is none. */
const INDEX_HANG_MS = 1000;
const ATTEMPT_HANG_MS = 1500;
const ROUND_TRIP_MS = 40;
/** How often a held playlist is looked at, and for how long it is held. */
const HELD_POLL_MS = 200;
const HELD_MS = 1400;
const REPLAN_MS = 200;
const ROUTING_FRESH_MS = 1000;
/** Segments of one data centre's cache that anybody may still ask for. */
const CACHED = 64;

type Memo = { known: KnownIndex | null; readAt: number; dueAt: number; pending: boolean };
type View = { at: number; indexes: (KnownIndex | null)[]; holdings: Holdings; window: Window };

/** The edge in one place of the world: its own decisions about what to list, whom to ask, and when the reel is on. */
export class SimulatedEdge {
  /** Requests that are under way. */
  busy = 0;
  readonly #time: VirtualTime;
  readonly #bucket: Bucket;
  readonly #direct: Direct;
  readonly #slug: StationSlug;
  readonly #rendition: RenditionName;
  readonly #memos = new Map<OriginId, Memo>();
  readonly #cached = new Map<number, Content>();
  #routing: Routing | null = null;
  #routingDueAt = Number.NEGATIVE_INFINITY;
  readonly #reeled = new Reeled();
  #view: View | null = null;

  constructor(parts: {
    time: VirtualTime;
    bucket: Bucket;
    direct: Direct;
    slug: StationSlug;
    rendition: RenditionName;
  }) {
    this.#time = parts.time;
    this.#bucket = parts.bucket;
    this.#direct = parts.direct;
    this.#slug = parts.slug;
    this.#rendition = parts.rendition;
  }

  /** The last good snapshot; null when none was ever seen. */
  routing(): Routing | null {
    const now = this.#time.monotonic();
    if (now < this.#routingDueAt) return this.#routing;
    this.#routingDueAt = now + ROUTING_FRESH_MS;
    return this.#readRouting();
  }

  /** Whose upload token has this hash; looks anew before it says nobody's. */
  holds(origin: OriginId, tokenHash: string | null): boolean {
    const isIts = (routing: Routing | null) => tokenHash !== null && routing?.origins[origin]?.tokenHash === tokenHash;
    return isIts(this.routing()) || isIts(this.#readRouting());
  }

  station(): RoutedStation | null {
    return this.routing()?.stations[this.#slug] ?? null;
  }

  /** The newest segment that it has of an origin; null where it has none. */
  newestOf(origin: OriginId): number | null {
    const isRouted = this.station()?.slicers.some((slicer) => slicer.origin === origin) ?? false;
    if (isRouted) this.#look();
    return isRouted ? (this.#memos.get(origin)?.known?.index.segments.at(-1)?.number ?? null) : null;
  }

  window(): Window | null {
    return this.#look()?.window ?? null;
  }

  /** Answers the media playlist, as soon as it is settled; null before it knows the station. */
  playlist(answer: (listing: Listing | null) => void): void {
    this.busy += 1;
    const deadline = this.#time.monotonic() + HELD_MS;
    const look = () => {
      const window = this.window();
      const now = this.#time.now();
      if (window !== null && isAboutToChange(window.dueAt, now) && this.#time.monotonic() < deadline) {
        this.#time.in(HELD_POLL_MS, look);
        return;
      }
      this.busy -= 1;
      const framesPerSegment = this.station()?.framesPerSegment ?? 150;
      answer(window && { window, freshMs: maxAgeMs(playlistCacheControl(window.dueAt, framesPerSegment, now)) });
    };
    look();
  }

  /** Answers a listed segment; from the reel when it cannot be had within its own length. */
  segment(number: number, answer: (heard: Heard) => void): void {
    this.busy += 1;
    const view = this.#look();
    const station = this.station();
    const copies = this.#reeled.has(this.#rendition, number) ? [] : (view?.holdings.get(number) ?? []);
    const attempts = station === null ? [] : planAttempts(this.#slug, station, this.#rendition, number, copies);
    const { heard, afterMs } = this.#obtain(number, attempts, segmentMs(station?.framesPerSegment ?? 150));
    this.#time.in(afterMs, () => {
      this.busy -= 1;
      answer(heard);
    });
  }

  /** What a studio that starts goes on after, and whom the routing names; null when nothing can be read. */
  published(caller: OriginId): { published: Published | null; studio: NamedStudio | null } | null {
    const view = this.#look();
    const station = this.station();
    const routing = this.routing();
    if (station === null || routing === null) return null;
    const named = station.studio === null ? undefined : routing.origins[station.studio];
    const studio =
      named === undefined || station.studio === null
        ? null
        : { origin: station.studio, url: named.url, generation: station.generation };
    const origins = new Set([caller, ...station.slicers.map(({ origin }) => origin)]);
    if (station.studio !== null) origins.add(station.studio);
    const reads = [...origins].map((origin) => this.#readIndex(origin));
    if (!reads.some(({ answered }) => answered) && (view?.holdings.size ?? 0) === 0) return null;
    const indexes = reads.flatMap(({ found }) => found?.index ?? []);
    const now = this.#time.now();
    const holdings = merge(view?.holdings ?? new Map(), indexes, station.framesPerSegment, now);
    return { published: newestOf(holdings, station, this.#reeled, now), studio };
  }

  leap(ms: number, segments: number): void {
    for (const memo of this.#memos.values()) {
      if (memo.known !== null) memo.known = { ...memo.known, index: laterIndex(memo.known.index, ms, segments) };
      memo.readAt += ms;
      memo.dueAt += ms;
    }
    const cached = [...this.#cached];
    this.#cached.clear();
    for (const [number, content] of cached) this.#cached.set(number + segments, content);
    if (this.#view === null) return;
    const holdings = [...this.#view.holdings].map(
      ([number, copies]) =>
        [number + segments, copies.map((copy) => ({ ...copy, publishedAt: copy.publishedAt + ms }))] as const,
    );
    this.#view = { ...this.#view, at: Number.NEGATIVE_INFINITY, indexes: [], holdings: new Map(holdings) };
  }

  #readRouting(): Routing | null {
    const found = this.#bucket.routing();
    if (found.is === "found" && found.value !== null) this.#routing = found.value;
    return this.#routing;
  }

  #look(): View | null {
    const station = this.station();
    if (station === null) return null;
    for (const { origin } of station.slicers) this.#refresh(origin);
    const indexes = station.slicers.map(({ origin }) => this.#memos.get(origin)?.known ?? null);
    const now = this.#time.now();
    const before = this.#view;
    const isSame =
      before !== null &&
      before.indexes.length === indexes.length &&
      indexes.every((index, position) => index === before.indexes[position]);
    if (isSame && now < before.at + REPLAN_MS) return before;
    const { framesPerSegment } = station;
    const known = indexes.flatMap((each) => each?.index ?? []);
    const holdings = merge(before?.holdings ?? new Map(), known, framesPerSegment, now);
    const planned = planWindow(holdings, this.#rendition, framesPerSegment, now);
    if (planned !== null) this.#reeled.note(this.#rendition, planned, holdings);
    const window = planned ?? planBlindWindow(framesPerSegment, now);
    this.#view = { at: now, indexes, holdings, window };
    return this.#view;
  }

  #refresh(origin: OriginId): void {
    const memo = this.#memos.get(origin) ?? { known: null, readAt: 0, dueAt: 0, pending: false };
    this.#memos.set(origin, memo);
    const now = this.#time.now();
    if (memo.pending || now < memo.dueAt) return;
    const { found, hung } = this.#readIndex(origin);
    const take = () => {
      memo.pending = false;
      memo.known = newerIndex(memo.known, found);
      memo.readAt = this.#time.now();
      memo.dueAt = indexFreshUntil(memo.known?.index ?? null, memo.readAt);
    };
    memo.pending = hung;
    if (hung) this.#time.in(INDEX_HANG_MS, take);
    else take();
  }

  /** From R2; when that fails or what it holds is stale, from the origin itself. */
  #readIndex(origin: OriginId): { found: KnownIndex | null; answered: boolean; hung: boolean } {
    const known = (index: StationIndex | null): KnownIndex | null => index && { text: "", index };
    const read = this.#bucket.index(origin);
    const stored = read.is === "found" ? known(read.value) : null;
    const hung = read.is === "hung";
    if (stored !== null && !isStale(stored.index, this.#time.now())) return { found: stored, answered: true, hung };
    const direct = known(this.#direct.index(origin));
    return { found: newerIndex(stored, direct), answered: read.is === "found" || direct !== null, hung };
  }

  /** What is heard, and after how long. */
  #obtain(number: number, attempts: readonly Attempt[], withinMs: number): { heard: Heard; afterMs: number } {
    const cached = this.#cached.get(number);
    if (cached !== undefined) return { heard: { content: cached }, afterMs: ROUND_TRIP_MS };
    let afterMs = ROUND_TRIP_MS;
    let remaining = [...attempts];
    for (let attempt = remaining.shift(); attempt !== undefined; attempt = remaining.shift()) {
      const found = this.#tryOne(number, attempt);
      afterMs += found === "hung" ? ATTEMPT_HANG_MS : ROUND_TRIP_MS;
      if (found === "hung") remaining = attempt.via === "R2" ? afterHang(remaining) : remaining;
      else if (found !== null) {
        this.#cached.set(number, found);
        for (const oldest of this.#cached.keys()) if (this.#cached.size > CACHED) this.#cached.delete(oldest);
        if (afterMs <= withinMs) return { heard: { content: found }, afterMs };
        break;
      }
    }
    return { heard: { content: "reel" }, afterMs: Math.min(afterMs, withinMs) };
  }

  #tryOne(number: number, { via, origin, sha256 }: Attempt): Content | "hung" | null {
    if (via === "origin") {
      const found = this.#direct.segment(origin, number);
      return found !== null && found.sha256 === sha256 ? contentOf(found.bytes) : null;
    }
    const read = this.#bucket.segment(origin, number);
    if (read.is === "hung") return "hung";
    return read.is === "found" && read.value !== null && read.value.sha256 === sha256
      ? contentOf(read.value.bytes)
      : null;
  }
}

function maxAgeMs(cacheControl: string): number {
  return Number(/max-age=(\d+)/.exec(cacheControl)?.[1] ?? 0) * 1000;
}
