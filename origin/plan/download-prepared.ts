import type { PreparedFile } from "../../contracts/media.ts";
import type { Clock } from "../../kit/clock.ts";
import { pause } from "../../kit/loop.ts";
import { backoff } from "../../kit/retry.ts";
import { EdgeError, type EdgeStation, requestTo } from "../uploader/ask-edge.ts";
import { describeNetworkError, judgeAnswer, readText } from "../uploader/edge-request.ts";

/** A line on which nothing has come for so long is given up. */
const STALL_MS = 10_000;
const ATTEMPTS = 5;
const RETRIES = { firstMs: 500, maxMs: 8000 };
/** 64 Mbit/s: a cache that fills leaves the line to the programme. */
const BYTES_PER_SECOND = 8_000_000;
const MAX_REFUSAL_BYTES = 4096;

export type DownloadOptions = { signal: AbortSignal; clock: Clock; random?: () => number; bytesPerSecond?: number };

/**
 * The bytes of a prepared file from the edge, at a bounded rate. A download that is cut goes on where it was, up to
 * five times without a byte in between.
 *
 * @throws EdgeError
 */
export async function* downloadPrepared(
  edge: EdgeStation,
  file: PreparedFile,
  { signal, clock, random, bytesPerSecond = BYTES_PER_SECOND }: DownloadOptions,
): AsyncGenerator<Uint8Array> {
  const startedAt = clock.monotonic();
  let received = 0;
  for (let failures = 0; received < file.bytes; ) {
    try {
      for await (const chunk of request(edge, file, received, signal)) {
        received += chunk.length;
        failures = 0;
        yield chunk;
        const aheadMs = (received * 1000) / bytesPerSecond - (clock.monotonic() - startedAt);
        if (aheadMs > 0) await pause(aheadMs, signal);
      }
      if (received < file.bytes) throw new EdgeError("retry", `the answer ended after ${received} bytes`);
    } catch (thrown) {
      failures += 1;
      const isHopeful = thrown instanceof EdgeError && thrown.kind === "retry" && failures < ATTEMPTS;
      if (signal.aborted || !isHopeful) throw thrown;
      await pause(backoff(failures - 1, RETRIES, random), signal);
    }
  }
}

/** One request for what is missing from byte `from` on (RFC 9110, 14.2). */
async function* request(
  edge: EdgeStation,
  file: PreparedFile,
  from: number,
  stop: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { url, headers } = requestTo(edge, `prepared/${file.sha256}`);
  if (from > 0) headers.range = `bytes=${from}-`;
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`nothing came for ${STALL_MS} ms`)), STALL_MS);
  const signal = AbortSignal.any([stalled.signal, stop]);
  try {
    const response = await (edge.fetch ?? globalThis.fetch)(url, { headers, redirect: "error", signal });
    if (response.status !== (from > 0 ? 206 : 200)) {
      const { kind, reason } = judgeAnswer(response.status, await readText(response, MAX_REFUSAL_BYTES), null);
      throw new EdgeError(kind, reason);
    }
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      yield chunk;
      timer.refresh();
    }
  } catch (thrown) {
    throw thrown instanceof EdgeError ? thrown : new EdgeError("retry", `GET ${url}: ${describeNetworkError(thrown)}`);
  } finally {
    clearTimeout(timer);
  }
}
