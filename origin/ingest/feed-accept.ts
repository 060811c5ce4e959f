import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { failure } from "../../contracts/failure.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { bearerOf, FeedHeaders, STUDIO_PULSE_MS, stationOfFeedUrl } from "./feed-wire.ts";
import { FlvReader, parseAacMessage } from "./flv.ts";
import { type LiveFeed, openFeed } from "./live-feed.ts";
import { remoteOf } from "./remote.ts";

export type AcceptFeedOptions = {
  /** The station's feed secret; null where this origin is not its studio, or feeds would go in circles. */
  secretOf(station: string): string | null;
  /** Whether a host is on already, who is then not replaced. */
  hasLive(station: string): boolean;
  /** `release` breaks off without a farewell: the host's own origin keeps it, and tries again. */
  onLive(feed: LiveFeed, release: () => void): void;
  audioTimeoutMs?: number;
  clock: Clock;
  log: Log;
};

const MAX_TAG_BYTES = 64 * 1024;
const HANG_UP_MS = 1000;

type Refused = { status: number; code: string; message: string };
const NOT_STUDIO: Refused = { status: 404, code: "not_the_studio", message: "The station's studio is not here." };
const OTHER_HOST: Refused = { status: 409, code: "another_host", message: "Another host is on the air." };

/**
 * Answers `POST /feed/{station}` from another origin and yields its host as a feed of our own, announced with its first
 * AAC message. False when the URL is not of that form. Refuses with 401, 404, 405, 409 or 422.
 */
export function acceptFeed(request: IncomingMessage, response: ServerResponse, options: AcceptFeedOptions): boolean {
  const station = stationOfFeedUrl(request.url ?? "");
  if (station === null) return false;
  const from = remoteOf(request.socket);
  const log = options.log.with({ station, remote: from });

  const refuse = ({ status, code, message }: Refused) => {
    log.warn("a feed was refused", { reason: message });
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(failure(code, message)));
    hangUp(request);
  };
  const judged = judge(request, station, options);
  if ("status" in judged) {
    refuse(judged);
    return true;
  }

  const { clock, audioTimeoutMs } = options;
  const source = openFeed({
    station,
    key: { id: judged["x-feed-key-id"], name: judged["x-feed-host"] },
    remote: `${judged["x-feed-remote"]} via ${from}`,
    since: judged["x-feed-since"],
    clock,
    audioTimeoutMs,
  });
  const { feed } = source;
  let pulse: NodeJS.Timeout | undefined;

  const announce = () => {
    if (options.hasLive(station)) {
      refuse(OTHER_HOST);
      feed.close(OTHER_HOST.message);
      return;
    }
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
    response.write("\n");
    pulse = setInterval(() => response.write("\n"), STUDIO_PULSE_MS);
    log.info("a host is handed over", { host: feed.key.name, keyId: feed.key.id });
    options.onLive(feed, () => request.destroy());
  };
  const reader = new FlvReader((tag) => {
    if (!response.headersSent && source.isOpen() && parseAacMessage(tag.payload) !== null) announce();
    source.push(tag);
  }, MAX_TAG_BYTES);

  request.on("data", (chunk: Buffer) => {
    if (!source.isOpen()) return;
    try {
      reader.push(chunk);
    } catch (thrown) {
      feed.close(describe(thrown));
    }
  });
  request.on("end", () => feed.close("the host left"));
  request.on("error", () => feed.close("the connection from the host's origin broke"));
  request.on("close", () => feed.close("the connection from the host's origin broke"));
  void feed.ended.then((reason) => {
    clearInterval(pulse);
    log.info("a feed ended", { host: feed.key.name, keyId: feed.key.id, reason });
    if (response.writableEnded) return;
    if (response.headersSent) response.end(JSON.stringify({ reason: reason.slice(0, 200) }));
    else refuse({ status: 422, code: "no_audio", message: reason });
    hangUp(request);
  });
  return true;
}

function judge(request: IncomingMessage, station: string, options: AcceptFeedOptions): FeedHeaders | Refused {
  if (request.method !== "POST") return { status: 405, code: "method_not_allowed", message: "A feed is a POST." };
  const secret = options.secretOf(station);
  if (secret === null) return NOT_STUDIO;
  if (!isEqual(bearerOf(request.headers) ?? "", secret)) {
    return { status: 401, code: "unauthorized", message: "The feed secret is not the station's." };
  }
  const headers = FeedHeaders.safeParse(request.headers);
  if (!headers.success) return { status: 422, code: "invalid_headers", message: "The feed does not say whose it is." };
  return options.hasLive(station) ? OTHER_HOST : headers.data;
}

function isEqual(given: string, secret: string): boolean {
  const [one, other] = [given, secret].map((text) => createHash("sha256").update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** Lets the answer reach a client that is still sending, and drops the connection soon. */
function hangUp(request: IncomingMessage): void {
  if (request.destroyed) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), HANG_UP_MS);
  request.on("close", () => clearTimeout(timer));
}
