import type { Radio } from "./radio.ts";

/** What Cloudflare counts: Worker requests, R2 operations (A writes, B reads), requests of Durable Objects. */
export type Operations = { requests: number; classA: number; classB: number; objectRequests: number };

/** Operations a second: what keeps the radio on air, whoever listens, and what listeners add. */
export type Rates = { uploads: Operations; control: Operations; listening: Operations };

/** The health of the fleet: a sweep of control a second, in which it reads so many indexes and looks at so many stations. */
const INDEXES_A_SWEEP = 60;
const LOOKS_A_SWEEP = 6;
const LOOK_EVERY_S = 2;
const ROUTING_CHECKED_EVERY_S = 10;
const HEARTBEAT_EVERY_S = 2;
const JOBS_ASKED_EVERY_S = 5;
const PLAN_ASKED_EVERY_S = 4.5;
/** A place reads routing once a second while anybody asks. */
const ROUTING_EVERY_S = 1;
/** The bucket's playlists are fresh for so long, wherever they are cached. */
const LISTED_FRESH_S = 1;

/**
 * Media playlists that one listener asks for in a second. Players ask once each target duration, and after half of it when
 * nothing is new (RFC 8216, 6.3.4). At the edge a request that comes a little early is held, so one for each segment does.
 */
export function playlistsASecond({ seconds, mode }: Pick<Radio, "seconds" | "mode">): number {
  const target = Math.round(seconds);
  const inVain = mode === "static" ? Math.max(0, seconds - target) / (target / 2) : 0;
  return (1 + inVain) / seconds;
}

export function ratesOf(radio: Radio): Rates {
  return { uploads: uploadsOf(radio), control: controlOf(radio), listening: listeningOf(radio) };
}

/**
 * Each origin sends each segment and an index that names it. Where the bucket has playlists, each is looked at and written
 * once a segment, with what the other origins have in view.
 */
function uploadsOf({ stations, origins, renditions, seconds, mode }: Radio): Operations {
  const indexes = (stations * origins) / seconds;
  const segments = indexes * renditions;
  const plans = (stations * origins) / PLAN_ASKED_EVERY_S;
  const written = mode === "edge" ? 0 : (stations * renditions) / seconds;
  const looked = mode === "edge" ? 0 : written + indexes * (origins - 1);
  return {
    requests: segments + indexes + plans,
    classA: segments + indexes + written,
    classB: indexes + looked + plans,
    objectRequests: 0,
  };
}

/** Sweeps, heartbeats, and the looks that control takes at indexes and, through the edge, at stations. */
function controlOf({ stations, origins, nodes }: Radio): Operations {
  const looks = Math.min(LOOKS_A_SWEEP, stations / LOOK_EVERY_S);
  const heartbeats = nodes / HEARTBEAT_EVERY_S;
  return {
    requests: looks + heartbeats + nodes / JOBS_ASKED_EVERY_S,
    classA: 0,
    classB: Math.min(INDEXES_A_SWEEP, stations * origins) + 1 / ROUTING_CHECKED_EVERY_S,
    objectRequests: 1 + heartbeats,
  };
}

function listeningOf(radio: Radio): Operations {
  const { stations, listeners, seconds, renditions, origins, places, sessionMinutes, mode } = radio;
  const here = listeners / stations;
  const begun = listeners / (sessionMinutes * 60);
  const playlists = listeners * playlistsASecond(radio);
  /** Places with what each rendition has for itself; the one that takes the uploads knows the lists it has written. */
  const copies = stations * Math.min(places * renditions, here);
  const lists = stations * Math.min((places - 1) * renditions, here);
  /**
   * An index is read each second, and more often when the next is due, but no oftener than anybody asks; a playlist of
   * the bucket when it is due alone.
   */
  const looksAtIndexes = Math.min((stations * Math.min(places, here) * (Math.ceil(seconds) + 1)) / seconds, playlists);
  const looksAtPlaylist = 2 / seconds;
  const routing = Math.min(1, listeners) * (Math.min(places, listeners) / ROUTING_EVERY_S);
  const fromBucket = (stations * Math.min(renditions, here)) / seconds;
  const requests = {
    edge: begun + playlists + listeners / seconds,
    segments: begun + playlists,
    static: begun,
  }[mode];
  const classB = {
    edge: routing + origins * looksAtIndexes + copies / seconds,
    segments: routing + lists * looksAtPlaylist + fromBucket,
    static: routing + Math.min(stations * renditions, playlists) / LISTED_FRESH_S + fromBucket,
  }[mode];
  return { requests, classA: 0, classB, objectRequests: 0 };
}
