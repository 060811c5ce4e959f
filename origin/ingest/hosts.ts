import type { Clock } from "../../kit/clock.ts";
import { type FeedSource, openFeed } from "./live-feed.ts";
import { type StreamTarget, stationOf } from "./stream-target.ts";

export type Authorize = (station: string, key: string) => { id: string; name: string } | null;

/** A publisher that was not let in. `station` is null where what it named may be anything, even its key. */
export type Refusal = { station: string | null; remote: string; reason: string };

export type Hosts = {
  /** Opens a feed for a publisher, ending the one it takes over from, or says why not. */
  admit(target: StreamTarget, remote: string): { source: FeedSource } | { refusal: Refusal };
};

/** Decides who may publish: one host a station, and it holds its station only as long as its audio arrives. */
export function createHosts(options: {
  authorize: Authorize;
  takeoverAfterMs: number;
  audioTimeoutMs: number;
  clock: Clock;
}): Hosts {
  const { authorize, takeoverAfterMs, audioTimeoutMs, clock } = options;
  const byStation = new Map<string, FeedSource>();
  return {
    admit(target, remote) {
      const named = stationOf(target);
      if ("reason" in named) return { refusal: { station: null, remote, reason: named.reason } };
      // A host that forgot the query has often put the key in the station's place.
      if (target.key === null) return { refusal: { station: null, remote, reason: "no key was given" } };
      const { station } = named;
      const key = authorize(station, target.key);
      if (key === null) return { refusal: { station, remote, reason: "the key is not one of the station's" } };
      const present = byStation.get(station);
      if (present !== undefined && present.silentFor() <= takeoverAfterMs) {
        const reason = `another host is on the air from ${present.feed.remote}`;
        return { refusal: { station, remote, reason } };
      }
      present?.feed.close(`taken over from ${remote}`);
      const source = openFeed({ station, key, remote, clock, audioTimeoutMs });
      byStation.set(station, source);
      void source.feed.ended.then(() => {
        if (byStation.get(station) === source) byStation.delete(station);
      });
      return { source };
    },
  };
}
