import type { Log } from "../../kit/log.ts";
import { forwardFeed } from "../ingest/feed-forward.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import type { Programme } from "../programme/programme.ts";
import { lendFeed } from "./lend-feed.ts";

/** Where a host's audio has to go: into the programme made here, on to the studio elsewhere, or nowhere yet. */
export type LiveDestination =
  | { kind: "here"; programme: Pick<Programme, "offerLive"> }
  | { kind: "studio"; url: string; station: string; secret: string }
  | { kind: "nowhere" };

export type LiveHosts = {
  /** Takes in a host. `release` for one that another origin handed on: lets go of it without ending it there. */
  add(feed: LiveFeed, release?: () => void): void;
  /** Sends every host's audio to a new place; the hosts themselves notice nothing. */
  route(destination: LiveDestination): void;
  /** The host whose connection is the newest. */
  newest(): LiveFeed | null;
  /** Ends the hosts that are connected here; those of other origins are released. */
  stop(): void;
};

type Host = { release: (() => void) | null; takeBack(): void };

/** Keeps the hosts that are connected to this origin and hands their audio to whoever makes the programme. */
export function createLiveHosts(log: Log, forward: typeof forwardFeed = forwardFeed): LiveHosts {
  const hosts = new Map<LiveFeed, Host>();
  let destination: LiveDestination = { kind: "nowhere" };

  /** Hands the host's audio to where it has to go, and returns how to take it back. */
  function hand(feed: LiveFeed, release: (() => void) | null): () => void {
    if (destination.kind === "here") {
      const { loan, recall } = lendFeed(feed);
      destination.programme.offerLive(loan);
      return recall;
    }
    // Its own origin hears of the new studio, too: handed on from here as well, it would stand in its own way there.
    if (destination.kind === "studio" && release !== null) release();
    if (destination.kind === "nowhere" || release !== null) return () => {};
    const { url: studioUrl, station, secret } = destination;
    const forwarding = forward(feed, { studioUrl, station, secret, log });
    return () => forwarding.stop();
  }

  return {
    add(feed, release) {
      const host: Host = { release: release ?? null, takeBack: () => {} };
      hosts.set(feed, host);
      void feed.ended.then(() => {
        host.takeBack();
        hosts.delete(feed);
      });
      host.takeBack = hand(feed, host.release);
    },
    route(next) {
      if (sameDestination(destination, next)) return;
      destination = next;
      for (const [feed, host] of hosts) {
        host.takeBack();
        host.takeBack = hand(feed, host.release);
      }
    },
    newest: () => [...hosts.keys()].at(-1) ?? null,
    stop() {
      for (const [feed, { takeBack, release }] of hosts) {
        takeBack();
        if (release === null) feed.close("the station is no longer here");
        else release();
      }
    },
  };
}

function sameDestination(one: LiveDestination, other: LiveDestination): boolean {
  if (one.kind === "here" && other.kind === "here") return one.programme === other.programme;
  if (one.kind === "studio" && other.kind === "studio") return one.url === other.url && one.secret === other.secret;
  return one.kind === "nowhere" && other.kind === "nowhere";
}
