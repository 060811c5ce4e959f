import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import type { LiveFeed } from "./live-feed.ts";

/** How one origin hands a host on to the station's studio: `POST /feed/{station}`, FLV, and who it is in headers. */

const FEED_URL = /^\/feed\/([a-z0-9-]{1,40})$/;

export function feedUrl(studioUrl: string, station: string): URL {
  return new URL(`/feed/${station}`, studioUrl);
}

/** The station that a feed is for; null when the URL is not a feed's. */
export function stationOfFeedUrl(url: string): string | null {
  return FEED_URL.exec(url)?.[1] ?? null;
}

/** The studio sends a byte this often while it listens, so that a dead one is noticed. */
export const STUDIO_PULSE_MS = 1000;
/** How the studio's answer ends when it ended the feed itself rather than broke off. */
export const StudioFarewell = z.object({ reason: z.string().max(200) });

const percentDecoded = z.string().transform((text, context) => {
  try {
    return decodeURIComponent(text);
  } catch {
    context.addIssue("not percent-encoded");
    return z.NEVER;
  }
});

export const FeedHeaders = z.object({
  "x-feed-key-id": z.string().min(1).max(100),
  "x-feed-host": percentDecoded.pipe(z.string().max(200)),
  "x-feed-remote": z.string().max(100),
  /** Unix ms; origins before wire 2 do not say. */
  "x-feed-since": z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .optional(),
});

export type FeedHeaders = z.infer<typeof FeedHeaders>;

export function feedHeaders(feed: Pick<LiveFeed, "key" | "remote" | "since">): Required<z.input<typeof FeedHeaders>> {
  return {
    "x-feed-key-id": feed.key.id,
    "x-feed-host": encodeURIComponent(feed.key.name.toWellFormed()),
    "x-feed-remote": feed.remote,
    "x-feed-since": String(feed.since),
  };
}

export function bearerOf(headers: IncomingHttpHeaders): string | null {
  return /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? null;
}
