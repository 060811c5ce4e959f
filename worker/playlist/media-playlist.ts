import type { RenditionName, StationSlug } from "../../contracts/names.ts";
import { PLAYLIST_TYPE, renderMediaPlaylist } from "../../contracts/playlist.ts";
import type { RoutedStation, Routing } from "../../contracts/routing.ts";
import { pause } from "../../kit/loop.ts";
import { Rendered } from "../cache/rendered.ts";
import { EdgeError } from "../edge-error.ts";
import { addressed, besideEdge } from "../listing/addresses.ts";
import { goAhead } from "../listing/ahead.ts";
import { isListed } from "../listing/delivery.ts";
import { NAMED_WITHIN_MS } from "../listing/extend.ts";
import type { Listings } from "../listing/listings.ts";
import type { Reach } from "../reach.ts";
import type { Board } from "./board.ts";
import { segmentMs } from "./known-index.ts";
import { merge } from "./merge.ts";
import { listHeld, playlistCacheControl } from "./window.ts";

/**
 * A playlist that is about to change is held until it has: whoever asks now would otherwise hear of the new segment
 * only with its next look, three seconds later. Players fall into step with the segments and ask once for each.
 */
const HELD_BEFORE_DUE_MS = 800;
/** How long a segment may be late before the playlist is answered without it. */
const HELD_AFTER_DUE_MS = 600;
const HELD_POLL_MS = 100;

type Where = { slug: StationSlug; routing: Routing; station: RoutedStation; board: Board; listings: Listings };

/** A playlist that could be answered, and when (Unix ms) it is expected to change. */
type Offer = { dueAt: number; playlist: () => Rendered };

/** The media playlist that all origins make together; the reel's where nothing is known of any. */
export async function answerMediaPlaylist(
  rendition: RenditionName,
  where: Where,
  request: Request,
  reach: Reach,
): Promise<Response> {
  const { dueAt, playlist } = await settled(rendition, where, reach);
  const cacheControl = playlistCacheControl(dueAt, where.station.framesPerSegment, reach.clock.now());
  return await playlist().answer(request, cacheControl);
}

async function settled(rendition: RenditionName, where: Where, reach: Reach): Promise<Offer> {
  const deadline = reach.clock.monotonic() + HELD_BEFORE_DUE_MS + HELD_AFTER_DUE_MS;
  for (;;) {
    const offer = await offered(rendition, where, reach);
    const isSettled = !isAboutToChange(offer.dueAt, reach.clock.now()) || reach.clock.monotonic() >= deadline;
    if (isSettled) return offer;
    await pause(HELD_POLL_MS);
  }
}

/** As it stands in the bucket where it is kept there; by what the origins hold where it is not, or is overdue. */
async function offered(rendition: RenditionName, where: Where, reach: Reach): Promise<Offer> {
  const { slug, routing, station, board, listings } = where;
  const { framesPerSegment } = station;
  const { segmentsUrl } = reach;
  const kept = isListed(station, reach) ? await listings.of(where, rendition, reach) : null;
  const isKept = kept !== null && kept.listing.framesPerSegment === framesPerSegment;
  if (segmentsUrl !== null && isKept) {
    const dueAt = kept.listing.writtenAt + segmentMs(framesPerSegment);
    const playlist = () => board.rendered(rendition, besideEdge(kept.text, segmentsUrl));
    if (reach.clock.now() < dueAt + NAMED_WITHIN_MS) return { dueAt, playlist };
  }
  const view = await board.view(routing, station, reach);
  const window = board.windowOf(view, rendition);
  if (segmentsUrl === null || !isListed(station, reach) || !isKept) {
    if (isListed(station, reach)) listings.nudge(where, reach);
    return { dueAt: window.dueAt, playlist: () => board.playlistOf(view, rendition, window) };
  }
  const now = reach.clock.now();
  const listed = goAhead(kept.listing, { window, holdings: view.holdings, rendition, station }, now);
  if (listed.isOverdue) listings.nudge(where, reach);
  return {
    dueAt: listed.isBehind ? now : window.dueAt,
    playlist: () => board.render(rendition, addressed({ slug, rendition }, listed, segmentsUrl), view),
  };
}

/** Both in Unix ms. False again when the change is overdue, so that no request waits for a station that has stopped. */
export function isAboutToChange(dueAt: number, now: number): boolean {
  return now >= dueAt - HELD_BEFORE_DUE_MS && now < dueAt + HELD_AFTER_DUE_MS;
}

/** What one origin alone offers, for monitors. Throws 404 when it is not known or offers nothing. */
export async function answerPlaylistOfOrigin(
  origin: string,
  rendition: RenditionName,
  { routing, station, board }: Pick<Where, "routing" | "station" | "board">,
  request: Request,
  reach: Reach,
): Promise<Response> {
  if (!Object.hasOwn(routing.origins, origin)) throw new EdgeError(404, "unknown_origin", "There is no such origin.");
  const index = await board.indexOf(origin, routing, reach);
  const now = reach.clock.now();
  const alone = merge(new Map(), index === null ? [] : [index], station.framesPerSegment, now);
  const listed = listHeld(alone, rendition);
  if (listed.length === 0) throw new EdgeError(404, "nothing_published", "The origin offers nothing of this.");
  const text = renderMediaPlaylist(listed, station.framesPerSegment);
  return await new Rendered(text, PLAYLIST_TYPE).answer(request, "no-store");
}
