import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { itemTag } from "../../contracts/date-range.ts";
import { DEFAULT_RENDITIONS } from "../../contracts/names.ts";
import type { NowJson } from "../../contracts/now-json.ts";
import {
  PLAYLIST_TYPE,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
  SEGMENT_TYPE,
} from "../../contracts/playlist.ts";
import type { ProgrammeItem } from "../../contracts/programme-item.ts";
import { DEFAULT_FRAMES_PER_SEGMENT, segmentAt } from "../../contracts/timeline.ts";
import { EMBED_HEADERS, PAGE_HEADERS, renderPlayerPage, renderStationsPage } from "../../worker/pages/pages.ts";
import type { Assets } from "./client-bundle.ts";

const STATION = { slug: "demo", name: "Demo Radio" };
const LISTED = 5;
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
/** From the end of a segment until it is listed, as with a real origin. */
const PUBLISH_MS = 500;

export type FixtureStation = {
  origin: string;
  /** What now.json answers. */
  now: NowJson;
  /** What the playlist tells. */
  items: ProgrammeItem[];
  /** While true, no new segment is listed. */
  frozen: boolean;
  close(): Promise<void>;
};

/** The edge as a player sees it, with one station on air: pages, assets, a live playlist that slides, segments. */
export async function startFixtureStation(assets: Assets, segments: readonly Buffer[]): Promise<FixtureStation> {
  const oldest = segmentAt(Date.now() - PUBLISH_MS, DEFAULT_FRAMES_PER_SEGMENT) - LISTED;
  let frozenAt: number | null = null;

  const newest = () => segmentAt(frozenAt ?? Date.now() - PUBLISH_MS, DEFAULT_FRAMES_PER_SEGMENT) - 1;
  const playlist = () => {
    const last = newest();
    const numbers = Array.from({ length: LISTED }, (_, index) => last - LISTED + 1 + index);
    return renderMediaPlaylist(
      numbers.map((number) => ({ number, gap: false })),
      DEFAULT_FRAMES_PER_SEGMENT,
      station.items.map((item) => itemTag(STATION.slug, item)),
    );
  };

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const send = (body: string | Uint8Array, headers: Record<string, string>) => {
      response.writeHead(200, { "cache-control": "no-cache", ...headers }).end(body);
    };
    const path = request.url ?? "/";
    const asset = assets[path];
    const segment = /^\/demo\/aac-\d+k\/(\d+)\.ts$/.exec(path)?.[1];
    if (asset !== undefined) return send(asset.body, { "content-type": asset.type });
    if (path === "/") return send(renderStationsPage([STATION]), PAGE_HEADERS);
    if (path === "/demo") return send(renderPlayerPage(STATION, { embed: false }), PAGE_HEADERS);
    if (path === "/demo/embed") return send(renderPlayerPage(STATION, { embed: true }), EMBED_HEADERS);
    if (path === "/demo/now.json") return send(JSON.stringify(station.now), { "content-type": "application/json" });
    if (path === "/demo/live.m3u8") {
      return send(renderMultivariantPlaylist(DEFAULT_RENDITIONS), { "content-type": PLAYLIST_TYPE });
    }
    if (/^\/demo\/aac-\d+k\/live\.m3u8$/.test(path)) return send(playlist(), { "content-type": PLAYLIST_TYPE });
    if (path.startsWith("/demo/art/")) return send(PICTURE, { "content-type": "image/svg+xml" });
    const bytes = segment === undefined ? undefined : segments[Number(segment) - oldest];
    if (bytes !== undefined) return send(bytes, { "content-type": SEGMENT_TYPE });
    response.writeHead(404).end();
  };

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const station: FixtureStation = {
    origin: `http://127.0.0.1:${port}`,
    now: { station: STATION.slug, name: STATION.name, now: null, history: [], next: [] },
    items: [],
    get frozen() {
      return frozenAt !== null;
    },
    set frozen(frozen) {
      frozenAt = frozen ? Date.now() - PUBLISH_MS : null;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return station;
}
