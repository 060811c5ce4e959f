import http from "node:http";
import https from "node:https";
import type { Log } from "../../kit/log.ts";
import { backoff } from "../../kit/retry.ts";
import { feedHeaders, feedUrl, STUDIO_PULSE_MS, StudioFarewell } from "./feed-wire.ts";
import { encodeFlvTag, FLV_AUDIO_HEADER } from "./flv.ts";
import type { LiveFeed } from "./live-feed.ts";

export { acceptFeed } from "./feed-accept.ts";

const RETRY = { firstMs: 250, maxMs: 3000 };
/** Tries, 3.4 s at the least, within which a studio notices that a connection of ours is dead. */
const TRIES_AFTER_BREAK = 5;
/** A studio that neither answers nor pulses for this long is given up and tried anew. */
const STUDIO_TIMEOUT_MS = 4 * STUDIO_PULSE_MS;
const MAX_WAITING_BYTES = 256 * 1024;
const MAX_ANSWER_BYTES = 2048;

type Outcome =
  /** The studio said that the feed is over. */
  { kind: "ended"; reason: string } | { kind: "refused"; status: number } | { kind: "broken"; reason: string };

/**
 * Streams a feed to the station's studio until it is stopped, the feed ends, or the studio ends or refuses it (409:
 * another host is on), which closes the feed. Whatever else goes wrong is tried again with backoff while the host stays.
 */
export function forwardFeed(
  feed: LiveFeed,
  options: { studioUrl: string; station: string; secret: string; log: Log },
): { stop(): void } {
  const { studioUrl, station, secret } = options;
  const log = options.log.with({ station, studioUrl, host: feed.key.name, remote: feed.remote });
  let stopped = false;
  let failures = 0;
  let wasAccepted = false;
  let retry: NodeJS.Timeout | undefined;
  let post = start();

  function start(): { finish(): void } {
    return postFeed(feed, feedUrl(studioUrl, station), secret, {
      onAccepted() {
        wasAccepted = true;
        failures = 0;
        log.info("the studio takes the host");
      },
      onDone(outcome) {
        if (stopped) return;
        if (isOver(outcome, wasAccepted && failures < TRIES_AFTER_BREAK)) {
          stop();
          feed.close(outcome.kind === "ended" ? outcome.reason : "another host is on the air");
          return;
        }
        log.warn("the studio does not take the host, trying again", { outcome, failures });
        retry = setTimeout(
          () => {
            post = start();
          },
          backoff(failures, RETRY),
        );
        failures += 1;
      },
    });
  }

  function stop(): void {
    if (stopped) return;
    stopped = true;
    clearTimeout(retry);
    post.finish();
  }

  void feed.ended.then(stop);
  return { stop };
}

/** Soon after a break, the other host of a 409 is our own former feed, of whose end the studio does not know yet. */
function isOver(outcome: Outcome, soonAfterBreak: boolean): boolean {
  if (outcome.kind === "ended") return true;
  return outcome.kind === "refused" && outcome.status === 409 && !soonAfterBreak;
}

/** One request. `onDone` comes exactly once, unless it is finished from here. */
function postFeed(
  feed: LiveFeed,
  url: URL,
  secret: string,
  on: { onAccepted(): void; onDone(outcome: Outcome): void },
): { finish(): void } {
  const request = (url.protocol === "https:" ? https : http).request(url, {
    method: "POST",
    agent: false,
    headers: { ...feedHeaders(feed), authorization: `Bearer ${secret}`, "content-type": "video/x-flv" },
  });
  let done = false;
  const end = (outcome: Outcome) => {
    if (done) return;
    done = true;
    clearTimeout(silence);
    unsubscribe();
    request.destroy();
    on.onDone(outcome);
  };
  const silence = setTimeout(() => end({ kind: "broken", reason: "the studio is silent" }), STUDIO_TIMEOUT_MS);

  request.setNoDelay(true);
  request.on("error", (error) => end({ kind: "broken", reason: error.message }));
  request.on("response", (response) => {
    const status = response.statusCode ?? 0;
    if (status !== 200) return end({ kind: "refused", status });
    on.onAccepted();
    let said = "";
    response.setEncoding("utf8");
    response.on("data", (text: string) => {
      if (done) return;
      silence.refresh();
      said = (said + text).slice(-MAX_ANSWER_BYTES).trimStart();
    });
    response.on("error", (error) => end({ kind: "broken", reason: error.message }));
    response.on("end", () => end(farewell(said)));
  });

  request.write(FLV_AUDIO_HEADER);
  const unsubscribe = feed.onTag((tag) => {
    const bytes = encodeFlvTag(tag);
    if (request.writableLength + bytes.length > MAX_WAITING_BYTES) {
      end({ kind: "broken", reason: "the studio reads too slowly" });
    } else request.write(bytes);
  });

  return {
    finish() {
      unsubscribe();
      if (!done) request.end(() => end({ kind: "broken", reason: "finished" }));
    },
  };
}

function farewell(said: string): Outcome {
  try {
    return { kind: "ended", reason: StudioFarewell.parse(JSON.parse(said)).reason };
  } catch {
    return { kind: "broken", reason: "the studio broke off" };
  }
}
