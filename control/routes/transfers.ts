import type { Context as HonoContext } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { timeout } from "hono/timeout";
import { MAX_COVER_BYTES, PREPARED_PART_BYTES } from "../../contracts/jobs.ts";
import { MAX_REEL_BYTES } from "../../contracts/reel.ts";
import { JOBS } from "../jobs/policy.ts";
import { MEDIA } from "../media/policy.ts";
import { Refusal } from "../refusal.ts";
import type { ControlEnv } from "./router.ts";

/** Requests that carry more than a form, or take longer than others. */
type Transfer = { method: string; path: RegExp; maxBytes: number; timeoutMs: number; isStreamed: boolean };

/** A heartbeat of 200 stations and 50 incidents at their longest stays below. */
const MAX_BODY_BYTES = 256 << 10;
const REQUEST_TIMEOUT_MS = 15_000;
const FINISH_TIMEOUT_MS = MEDIA.assembleTimeoutMs + MEDIA.hashTimeoutMs;

/** A playlist of 10,000 files. */
const MAX_PLAYLIST_BYTES = 1 << 20;

const STATION = "^/api/v1/stations/[^/]+";
const JOB = "^/api/v1/jobs/[^/]+";
const TRANSFERS: readonly Transfer[] = [
  rule("PUT", `${STATION}/reel/[^/]+$`, MAX_REEL_BYTES, REQUEST_TIMEOUT_MS),
  streamed("POST", `${STATION}/media$`, MEDIA.maxRequestBytes, MEDIA.transferTimeoutMs),
  streamed("PUT", `${STATION}/uploads/[^/]+/parts/[^/]+$`, MEDIA.partBytes, MEDIA.transferTimeoutMs),
  rule("PUT", `${STATION}/playlists/[^/]+/entries$`, MAX_PLAYLIST_BYTES, REQUEST_TIMEOUT_MS),
  rule("POST", `${STATION}/uploads/[^/]+/complete$`, MAX_BODY_BYTES, FINISH_TIMEOUT_MS),
  streamed("PUT", `${JOB}/prepared$`, PREPARED_PART_BYTES, JOBS.transferTimeoutMs),
  rule("POST", `${JOB}/prepared$`, MAX_BODY_BYTES, JOBS.transferTimeoutMs),
  rule("PUT", `${JOB}/cover$`, MAX_COVER_BYTES, REQUEST_TIMEOUT_MS),
];

function rule(method: string, path: string, maxBytes: number, timeoutMs: number): Transfer {
  return { method, path: new RegExp(path), maxBytes, timeoutMs, isStreamed: false };
}

function streamed(...parts: Parameters<typeof rule>): Transfer {
  return { ...rule(...parts), isStreamed: true };
}

function transferOf({ req }: HonoContext): Transfer | undefined {
  return TRANSFERS.find(({ method, path }) => method === req.method && path.test(req.path));
}

/** Ends what takes too long; an answer that streams is not held to it. */
export const limitTime = createMiddleware<ControlEnv>((c, next) => {
  const ms = transferOf(c)?.timeoutMs ?? REQUEST_TIMEOUT_MS;
  return timeout(ms, new HTTPException(503, { message: "That took too long." }))(c, next);
});

/** Refuses what is too large. A file that is streamed must say its length before; all else may come without. */
export const limitBody = createMiddleware<ControlEnv>((c, next) => {
  const transfer = transferOf(c);
  const maxSize = transfer?.maxBytes ?? MAX_BODY_BYTES;
  const onError = () => {
    throw new Refusal(413, "too_large", `A request may have ${maxSize} bytes at most.`);
  };
  if (!transfer?.isStreamed) return bodyLimit({ maxSize, onError })(c, next);
  return declaredLength(c) > maxSize ? onError() : next();
});

/** The body of a request that carries a file, with its length, to be passed on without being held in memory. */
export function streamOf(c: HonoContext<ControlEnv>): { bytes: number; body: ReadableStream } {
  const bytes = declaredLength(c);
  const { body } = c.req.raw;
  if (bytes === 0 || body === null) throw new Refusal(422, "empty", "The request carries nothing.");
  return { bytes, body };
}

function declaredLength(c: HonoContext): number {
  const declared = c.req.header("content-length");
  if (declared === undefined || !/^\d{1,12}$/.test(declared) || c.req.header("transfer-encoding") !== undefined) {
    throw new Refusal(411, "length_required", "Content-Length must say how many bytes are to come.");
  }
  return Number(declared);
}
