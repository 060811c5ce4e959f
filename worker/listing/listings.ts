import type { OriginId, RenditionName, StationSlug } from "../../contracts/names.ts";
import type { RoutedStation, Routing } from "../../contracts/routing.ts";
import { multivariantKey, playlistKey } from "../../contracts/storage.ts";
import { pause } from "../../kit/loop.ts";
import { withTimeout } from "../../kit/race.ts";
import { Memo } from "../cache/memo.ts";
import { eachLimited } from "../each-limited.ts";
import type { Board } from "../playlist/board.ts";
import { segmentMs } from "../playlist/known-index.ts";
import type { Reach } from "../reach.ts";
import { choose } from "../routing/choose.ts";
import { deliveryOf, isListed } from "./delivery.ts";
import { keepListing } from "./keep.ts";
import { keepMultivariant } from "./keep-multivariant.ts";
import { FROM_REEL, type Kept, type Listing, lastOf } from "./listing.ts";
import { keptFreshUntil, readKept, shareKept } from "./read.ts";

type Where = { slug: StationSlug; routing: Routing; station: RoutedStation; board: Board };

const CONCURRENT = 3;
/** However many ask for it, an isolate brings a station's listings up to date once in so long. */
const AGAIN_MS = 1000;
/** Of two origins that bring a number at once one comes first: two that write the same object would hinder one another. */
const WAIT_PER_RANK_MS = 400;
const MAX_RANK = 2;
const REMOVAL_LIMIT_MS = 5000;
/** In lengths of a segment: a playlist that was not written for so long is overdue, and then not kept up. */
const OVERDUE_LENGTHS = 1.5;
const KEPT_UP_LENGTHS = 3;

/** How often an isolate looks after a station's multivariant playlist. */
const MULTIVARIANT_MS = 3_600_000;

/** The listings of all stations, as this isolate knows and keeps them. */
export class Listings {
  readonly #known = new Map<string, Memo<Kept | null>>();
  readonly #keeping = new Map<StationSlug, Memo<true>>();
  readonly #multivariants = new Map<StationSlug, Memo<string>>();
  readonly #removed = new Set<StationSlug>();

  /** The playlist in the bucket; null when there is none, or none can be read. Never rejects. */
  async of({ slug, board }: Where, rendition: RenditionName, reach: Reach): Promise<Kept | null> {
    const memo = this.#memo(slug, rendition);
    await memo.refresh(() => readKept(slug, rendition, reach), reach);
    const kept = memo.last ?? null;
    if (kept !== null) board.reeled.add(rendition, reelNumbers(kept.listing));
    return kept;
  }

  /**
   * Below which address the media playlists are to be fetched: in the bucket as long as they are kept up to date there,
   * else, and with any other delivery, beside the multivariant playlist.
   */
  async staticBase(where: Where, reach: Reach): Promise<string> {
    const { slug, station } = where;
    if (deliveryOf(station, reach) !== "static") return "";
    const idleMs = await this.look(where, reach);
    const isKeptUp = idleMs <= KEPT_UP_LENGTHS * segmentMs(station.framesPerSegment);
    return isKeptUp ? `${reach.segmentsUrl}/${folderOf(multivariantKey(slug))}` : "";
  }

  /** Ms since the listing was written that waits longest; when that is overdue, it is seen to. */
  async look(where: Where, reach: Reach): Promise<number> {
    const { renditions, framesPerSegment } = where.station;
    const kept = await Promise.all(renditions.map((rendition) => this.of(where, rendition, reach)));
    const idleMs = reach.clock.now() - Math.min(...kept.map((each) => each?.listing.writtenAt ?? 0));
    if (idleMs > OVERDUE_LENGTHS * segmentMs(framesPerSegment)) this.nudge(where, reach);
    return idleMs;
  }

  /** An origin has brought an index: the listings are brought up to it, by one of those who can. */
  async follow(where: Where, origin: OriginId, newest: number, reach: Reach): Promise<void> {
    if (!isListed(where.station, reach)) return await this.#remove(where, reach);
    this.#removed.delete(where.slug);
    const inOrder = choose(
      where.slug,
      newest,
      where.station.slicers.map((slicer) => ({ ...slicer, generation: 0, agreement: 1 })),
    );
    const rank = inOrder.findIndex((slicer) => slicer.origin === origin);
    await pause(WAIT_PER_RANK_MS * (rank < 0 ? MAX_RANK : Math.min(rank, MAX_RANK)));
    await this.#keep(where, reach);
  }

  /** The listings are brought up to date after this request, at most once a second. */
  nudge(where: Where, reach: Reach): void {
    const { slug } = where;
    const memo = this.#keeping.get(slug) ?? new Memo(`the listings of ${slug}`, ({ readAt }) => readAt + AGAIN_MS);
    this.#keeping.set(slug, memo);
    const keep = async () => {
      await this.#keep(where, reach);
      return { value: true as const, readAt: reach.clock.now() };
    };
    reach.keep(memo.refresh(keep, reach));
  }

  async #keep(where: Where, reach: Reach): Promise<void> {
    const { slug, routing, station, board } = where;
    if (reach.segmentsUrl === null || !isListed(station, reach)) return;
    const addresses = { segmentsUrl: reach.segmentsUrl, edgeUrl: reach.edgeUrl };
    const view = await board.view(routing, station, reach);
    if (view.holdings.size === 0) return;
    await eachLimited(station.renditions, CONCURRENT, async (rendition) => {
      const sight = board.sight(view, rendition);
      const memo = this.#memo(slug, rendition);
      const known = memo.last ?? null;
      if (known !== null && lastOf(known.listing) >= sight.window.edge) return;
      try {
        const kept = await keepListing(sight, board.tags(view, rendition), addresses, reach);
        if (kept === null) return;
        const reading = { value: kept, readAt: reach.clock.now() };
        memo.set(reading);
        shareKept(slug, rendition, reading, reach);
        board.reeled.add(rendition, reelNumbers(kept.listing));
      } catch (thrown) {
        reach.complaints.add(`the playlist of ${slug} in the bucket cannot be kept`, thrown);
      }
    });
    const renditions = station.renditions.join();
    const memo = this.#multivariants.get(slug);
    if (memo !== undefined && memo.last === renditions && !memo.isDue(reach.clock.now())) return;
    const fresh = new Memo<string>(`the multivariant playlist of ${slug}`, ({ readAt }) => readAt + MULTIVARIANT_MS);
    this.#multivariants.set(slug, fresh);
    await fresh.refresh(async () => {
      await keepMultivariant(slug, station, reach);
      return { value: renditions, readAt: reach.clock.now() };
    }, reach);
  }

  /** Players that still hold what is not kept any more are to hear that it is gone, and not the same for ever. */
  async #remove({ slug, station }: Where, reach: Reach): Promise<void> {
    if (station.listedUntil === undefined || this.#removed.has(slug)) return;
    this.#removed.add(slug);
    try {
      const keys = station.renditions.map((rendition) => playlistKey(slug, rendition));
      await withTimeout(REMOVAL_LIMIT_MS, "R2", () => reach.segments.delete([multivariantKey(slug), ...keys]));
    } catch (thrown) {
      this.#removed.delete(slug);
      reach.complaints.add(`the playlists of ${slug} in the bucket cannot be removed`, thrown);
    }
  }

  #memo(slug: StationSlug, rendition: RenditionName): Memo<Kept | null> {
    const name = `${slug}/${rendition}`;
    const memo = this.#known.get(name) ?? new Memo(`the listing of ${name}`, keptFreshUntil);
    this.#known.set(name, memo);
    return memo;
  }
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}

function reelNumbers({ first, whence }: Listing): number[] {
  return whence.flatMap((each, index) => (each === FROM_REEL ? [first + index] : []));
}
