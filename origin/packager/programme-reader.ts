import { get as httpGet, type IncomingMessage } from "node:http";
import { get as httpsGet } from "node:https";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { type Loop, pause, startLoop } from "../../kit/loop.ts";
import { backoff } from "../../kit/retry.ts";
import { FlvReader, type FlvTag } from "../ingest/flv.ts";

/** Audio that stays away for so long, from the first attempt to connect on, is gone: one frame is due every 21 ms. */
const SILENCE_MS = 2000;
const WATCH_MS = 250;
const RECONNECT = { firstMs: 100, maxMs: 1000 };
/** Far above an AAC frame or a stamp. */
const MAX_TAG_BYTES = 64 << 10;

export type ReaderState = "connecting" | "connected" | "disconnected";

export type ProgrammeReaderOptions = {
  /** HTTP-FLV of one rendition at the studio. */
  url: string;
  onTag(tag: FlvTag): void;
  /** `connected` with the first audio of a connection; `disconnected` with the reason why it ended. */
  onState(state: ReaderState, reason?: string): void;
  clock: Clock;
  log: Log;
};

/**
 * Reads a programme over HTTP-FLV for as long as it is not stopped, and connects anew whenever the connection or its
 * audio ends. Never throws; `stop` resolves when the socket is closed.
 */
export function readProgramme(options: ProgrammeReaderOptions): Loop {
  const { url, onState, log } = options;
  let failures = 0;
  return startLoop(
    "reading the programme",
    RECONNECT.firstMs,
    async (signal) => {
      onState("connecting");
      const { reason, heardAudio } = await readOnce(options, signal);
      onState("disconnected", reason);
      if (signal.aborted) return;
      if (heardAudio || failures === 0) log.warn("the programme cannot be read", { url, reason });
      failures = heardAudio ? 1 : failures + 1;
      await pause(backoff(failures - 1, RECONNECT), signal);
    },
    log,
  );
}

/** One connection, from the attempt to its end; resolves when the socket is closed. */
function readOnce(
  { url, onTag, onState, clock }: ProgrammeReaderOptions,
  signal: AbortSignal,
): Promise<{ reason: string; heardAudio: boolean }> {
  return new Promise((resolve) => {
    let reason: string | null = null;
    let heardAudio = false;
    let newestAudio = clock.monotonic();

    const request = (url.startsWith("https:") ? httpsGet : httpGet)(url, { agent: false });
    const end = (why: string) => {
      reason ??= why;
      request.destroy();
    };
    const reader = new FlvReader((tag) => {
      if (tag.type === 8) {
        newestAudio = clock.monotonic();
        if (!heardAudio) onState("connected");
        heardAudio = true;
      }
      onTag(tag);
    }, MAX_TAG_BYTES);
    const read = (chunk: Buffer) => {
      if (reason !== null) return;
      try {
        reader.push(chunk);
      } catch (thrown) {
        end(describe(thrown));
      }
    };

    const onAbort = () => end("stopped");
    signal.addEventListener("abort", onAbort);
    const watch = setInterval(() => {
      if (clock.monotonic() - newestAudio > SILENCE_MS) end(`no audio for ${SILENCE_MS} ms`);
    }, WATCH_MS);

    request.on("response", (response: IncomingMessage) => {
      if (response.statusCode !== 200) return end(`the studio answered ${response.statusCode}`);
      response.on("data", read);
      response.on("end", () => end("the studio closed the connection"));
      response.on("error", (error) => end(describe(error)));
    });
    request.on("error", (error) => end(describe(error)));
    request.on("close", () => {
      clearInterval(watch);
      signal.removeEventListener("abort", onAbort);
      resolve({ reason: reason ?? "the connection closed", heardAudio });
    });
  });
}
