import type { RenditionName } from "../../contracts/names.ts";
import { PLAYLIST_TYPE, renderMediaPlaylist } from "../../contracts/playlist.ts";
import type { RoutedStation, Routing } from "../../contracts/routing.ts";
import { pause } from "../../kit/loop.ts";
import { Rendered } from "../cache/rendered.ts";
import { EdgeError } from "../edge-error.ts";
import type { Reach } from "../reach.ts";
import type { Board, View } from "./board.ts";
import { merge } from "./merge.ts";
import { listHeld, playlistCacheControl, type Window } from "./window.ts";

/**
 * A playlist that is about to change is held until it has: whoever asks now would otherwise hear of the new segment
 * only with its next look, three seconds later. Players fall into step with the segments and ask once for each.
 */
const HELD_BEFORE_DUE_MS = 800;
/** How long a segment may be late before the playlist is answered without it. */
const HELD_AFTER_DUE_MS = 600;
const HELD_POLL_MS = 100;

type Where = { routing: Routing; station: RoutedStation; board: Board };

/** The media playlist that all origins make together; the reel's where nothing is known of any. */
export async function answerMediaPlaylist(
  rendition: RenditionName,
  { routing, station, board }: Where,
  request: Request,
  reach: Reach,
): Promise<Response> {
  const { view, window } = await settled(rendition, { routing, station, board }, reach);
  const cacheControl = playlistCacheControl(window.dueAt, station.framesPerSegment, reach.clock.now());
  return await board.playlistOf(view, rendition, window).answer(request, cacheControl);
}

async function settled(
  rendition: RenditionName,
  { routing, station, board }: Where,
  reach: Reach,
): Promise<{ view: View; window: Window }> {
  const deadline = reach.clock.monotonic() + HELD_BEFORE_DUE_MS + HELD_AFTER_DUE_MS;
  for (;;) {
    const view = await board.view(routing, station, reach);
    const window = board.windowOf(view, rendition);
    const isSettled = !isAboutToChange(window.dueAt, reach.clock.now()) || reach.clock.monotonic() >= deadline;
    if (isSettled) return { view, window };
    await pause(HELD_POLL_MS);
  }
}

/** Both in Unix ms. False again when the change is overdue, so that no request waits for a station that has stopped. */
export function isAboutToChange(dueAt: number, now: number): boolean {
  return now >= dueAt - HELD_BEFORE_DUE_MS && now < dueAt + HELD_AFTER_DUE_MS;
}

/** What one origin alone offers, for monitors. Throws 404 when it is not known or offers nothing. */
export async function answerPlaylistOfOrigin(
  origin: string,
  rendition: RenditionName,
  { routing, station, board }: Where,
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
