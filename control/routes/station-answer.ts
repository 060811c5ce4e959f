import { z } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import { Delivery } from "../../contracts/delivery.ts";
import { LivePolicy } from "../../contracts/fleet.ts";
import { OriginId, RenditionName, StationSlug } from "../../contracts/names.ts";
import { Source } from "../../contracts/programme-item.ts";
import type { Heard } from "../health/hearing.ts";
import { readHealthPolicy } from "../health/set-policy.ts";
import { POWERS } from "../health/states.ts";
import { listOrigins, type StoredOrigin } from "../registry/read-origins.ts";
import { readStation, type StoredStation } from "../registry/read-stations.ts";
import { heardOf } from "./ask-monitor.ts";
import type { ControlEnv } from "./router.ts";

export const StationPath = z.object({ slug: StationSlug });

export const StationAnswer = z.object({
  slug: StationSlug,
  name: z.string(),
  framesPerSegment: z.int(),
  renditions: z.array(RenditionName),
  livePolicy: LivePolicy,
  /** Whether a live host may be on air now. */
  liveAllowed: z.boolean(),
  /** After so long a silence a host is taken off the air until heard again; 0: never. */
  liveSilenceSeconds: z.int(),
  /** The way to listeners: by the edge Worker, with segments straight from the bucket, or with playlists from there too. */
  delivery: Delivery,
  studio: OriginId.nullable(),
  generation: z.int(),
  createdAt: z.int(),
  /** What is on air by the studio's last word; null when it has said nothing lately. */
  source: Source.nullable(),
  /** The host whose audio arrives, and where. */
  live: z.object({ origin: OriginId, keyId: z.string(), name: z.string(), onAir: z.boolean() }).nullable(),
  /** Where a host may publish to, followed by `?key=` and the stream key: at any origin alive. */
  ingest: z.array(z.object({ origin: OriginId, url: z.string() })),
  /** The player page; null where control was not told the edge's address. */
  listen: z.string().nullable(),
});
export type StationAnswer = z.infer<typeof StationAnswer>;

/** A station of the registry together with what is heard of it. */
export async function describeStation(c: HonoContext<ControlEnv>, slug: StationSlug): Promise<StationAnswer> {
  const [answer] = await describeStations(c, [await readStation(c.var.context, slug)]);
  if (!answer) throw new Error("one station in, one answer out");
  return answer;
}

export async function describeStations(
  c: HonoContext<ControlEnv>,
  stations: StoredStation[],
): Promise<StationAnswer[]> {
  const { db } = c.var.context;
  const [origins, heard, policy] = await Promise.all([listOrigins(c.var.context), heardOf(c), readHealthPolicy(db)]);
  const alive = heard.filter(({ silentMs }) => silentMs <= policy.studioSilentMs);
  return stations.map((station) => stationAnswer(station, origins, alive, c.var.settings.EDGE_URL ?? null));
}

function stationAnswer(
  station: StoredStation,
  origins: StoredOrigin[],
  alive: Heard[],
  edgeUrl: string | null,
): StationAnswer {
  const reports = alive.flatMap(({ origin, stations }) =>
    stations.filter(({ slug }) => slug === station.slug).map((report) => ({ origin, ...report })),
  );
  const hosts = reports.flatMap(({ origin, live }) => (live ? [{ origin, ...live }] : []));
  const hosting = origins.filter(({ id, state }) => POWERS[state].serves && alive.some(({ origin }) => origin === id));
  return {
    ...station,
    source: reports.find(({ origin }) => origin === station.studio)?.source ?? null,
    live: hosts.find(({ onAir }) => onAir) ?? hosts[0] ?? null,
    ingest: hosting.map(({ id, rtmpUrl }) => ({ origin: id, url: `${withoutSlash(rtmpUrl)}/live/${station.slug}` })),
    listen: edgeUrl === null ? null : `${withoutSlash(edgeUrl)}/${station.slug}`,
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
