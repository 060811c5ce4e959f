import type { Log } from "../../kit/log.ts";
import { forwardFeed } from "../ingest/feed-forward.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import type { Programme } from "../programme/programme.ts";

/** Where a host's audio has to go: into the programme made here, on to the studio elsewhere, or nowhere yet. */
export type LiveDestination =
  | { kind: "here"; programme: Programme }
  | { kind: "studio"; url: string; station: string; secret: string }
  | { kind: "nowhere" };

export type LiveHosts = {
  add(feed: LiveFeed): void;
  /** Sends every host's audio to a new place; the hosts themselves notice nothing. */
  route(destination: LiveDestination): void;
  /** The host whose connection is the newest. */
  newest(): LiveFeed | null;
  stop(): void;
};

/** Keeps the hosts that are connected to this origin and hands their audio to whoever makes the programme. */
export function createLiveHosts(log: Log, forward: typeof forwardFeed = forwardFeed): LiveHosts {
  const feeds = new Map<LiveFeed, { stop(): void } | null>();
  let destination: LiveDestination = { kind: "nowhere" };

  function hand(feed: LiveFeed): { stop(): void } | null {
    switch (destination.kind) {
      case "here":
        destination.programme.offerLive(feed);
        return null;
      case "studio":
        return forward(feed, {
          studioUrl: destination.url,
          station: destination.station,
          secret: destination.secret,
          log,
        });
      case "nowhere":
        return null;
    }
  }

  return {
    add(feed) {
      feeds.set(feed, hand(feed));
      feed.ended.then(() => {
        feeds.get(feed)?.stop();
        feeds.delete(feed);
      });
    },
    route(next) {
      if (sameDestination(destination, next)) return;
      destination = next;
      for (const [feed, forwarding] of feeds) {
        forwarding?.stop();
        feeds.set(feed, hand(feed));
      }
    },
    newest: () => [...feeds.keys()].at(-1) ?? null,
    stop() {
      for (const [feed, forwarding] of feeds) {
        forwarding?.stop();
        feed.close("the station is no longer here");
      }
    },
  };
}

function sameDestination(one: LiveDestination, other: LiveDestination): boolean {
  if (one.kind === "here" && other.kind === "here") return one.programme === other.programme;
  if (one.kind === "studio" && other.kind === "studio") return one.url === other.url && one.secret === other.secret;
  return one.kind === "nowhere" && other.kind === "nowhere";
}
