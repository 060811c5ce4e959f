import type { z } from "zod";
import {
  Job,
  type JobId,
  JobLease,
  type JobProgress,
  type JobResult,
  type NewPreparedFile,
} from "../../contracts/jobs.ts";
import { DIGEST_HEADER } from "../../contracts/storage.ts";
import { userAgent } from "../../contracts/version.ts";
import { describe } from "../../kit/log.ts";
import { ControlError, errorIn } from "../agent/control-client.ts";
import { describeNetworkError, type Fetch, readText } from "../uploader/edge-request.ts";

/** The job is somebody else's now, or nobody's: what was made of it is of no use. */
export class LeaseLostError extends Error {
  override name = "LeaseLostError";
}

/** Every call throws LeaseLostError when the job is lost, and ControlError when no valid answer comes. */
export type JobClient = {
  /** Null when there is nothing to do. */
  claim(): Promise<Job | null>;
  progress(job: JobId, progress: JobProgress): Promise<JobLease>;
  /** The file as it was uploaded, from byte `from` on; throws when nothing comes for 30 s. */
  original(job: JobId, from: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  putPart(job: JobId, part: number, body: Blob, signal: AbortSignal): Promise<void>;
  /** False when control lacks parts of it, or has others. */
  finish(job: JobId, file: NewPreparedFile, signal: AbortSignal): Promise<boolean>;
  putCover(job: JobId, cover: Buffer, sha256: string, signal: AbortSignal): Promise<void>;
  result(job: JobId, result: JobResult): Promise<void>;
};

const ASK_MS = 5000;
const STALL_MS = 30_000;
/** A part of 16 MB over the slowest line that makes sense, and joining 2 GB. */
const TRANSFER_MS = 300_000;
const MAX_ANSWER_BYTES = 64 << 10;
/** Control's words for a prepared file of which it has not all, or not what it should be. */
const INCOMPLETE = new Set(["parts_missing", "digest_wrong"]);

type Request = { method: string; body?: string | Blob; headers?: Record<string, string> };

/** Speaks to control of preparation jobs, with the origin's own token. */
export function createJobClient(options: {
  controlUrl: string;
  origin: string;
  token(): string | null;
  fetch?: Fetch;
  stallMs?: number;
}): JobClient {
  const { controlUrl, origin, stallMs = STALL_MS } = options;
  const send = options.fetch ?? fetch;

  function open(path: string, { headers, ...request }: Request, signal: AbortSignal): Promise<Response> {
    const token = options.token();
    if (token === null) throw new ControlError("unreachable", null, "this origin has no token yet");
    return send(`${controlUrl}/api/v1${path}`, {
      ...request,
      headers: { authorization: `Bearer ${token}`, "user-agent": userAgent("origin"), ...headers },
      redirect: "error",
      signal,
    });
  }

  async function ask(path: string, request: Request, withinMs: number, signal?: AbortSignal): Promise<string> {
    const limit = AbortSignal.timeout(withinMs);
    try {
      const response = await open(path, request, signal === undefined ? limit : AbortSignal.any([limit, signal]));
      const text = await readText(response, MAX_ANSWER_BYTES);
      throwIfRefused(response.status, text);
      return text;
    } catch (thrown) {
      throw classified(thrown);
    }
  }

  const post = (path: string, body: unknown, withinMs = ASK_MS, signal?: AbortSignal) =>
    ask(
      path,
      { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } },
      withinMs,
      signal,
    );

  return {
    async claim() {
      const text = await post(`/origins/${origin}/jobs/claim`, {});
      return text === "" ? null : parse(Job, text);
    },
    progress: async (job, progress) => parse(JobLease, await post(`/jobs/${job}/progress`, progress)),
    async *original(job, from, signal) {
      const stalled = new AbortController();
      const giveUp = () => stalled.abort(new Error(`nothing came for ${stallMs} ms`));
      let timer = setTimeout(giveUp, stallMs);
      try {
        const headers = { range: `bytes=${from}-` };
        const both = AbortSignal.any([signal, stalled.signal]);
        const response = await open(`/jobs/${job}/original`, { method: "GET", headers }, both);
        if (!response.ok) throwIfRefused(response.status, await readText(response, MAX_ANSWER_BYTES));
        if (response.status !== 206 && from > 0)
          throw new ControlError("unreachable", response.status, "control gives the file from its beginning only");
        for await (const chunk of response.body ?? []) {
          clearTimeout(timer);
          yield chunk;
          timer = setTimeout(giveUp, stallMs);
        }
      } catch (thrown) {
        throw classified(thrown);
      } finally {
        clearTimeout(timer);
      }
    },
    async putPart(job, part, body, signal) {
      await ask(`/jobs/${job}/prepared?part=${part}`, { method: "PUT", body }, TRANSFER_MS, signal);
    },
    async finish(job, file, signal) {
      try {
        await post(`/jobs/${job}/prepared`, file, TRANSFER_MS, signal);
        return true;
      } catch (thrown) {
        if (thrown instanceof ControlError && INCOMPLETE.has(thrown.code ?? "")) return false;
        throw thrown;
      }
    },
    async putCover(job, cover, sha256, signal) {
      const digest = `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`;
      const headers = { "content-type": "image/jpeg", [DIGEST_HEADER]: digest };
      await ask(
        `/jobs/${job}/cover`,
        { method: "PUT", body: new Blob([new Uint8Array(cover)]), headers },
        ASK_MS,
        signal,
      );
    },
    async result(job, result) {
      await post(`/jobs/${job}/result`, result);
    },
  };
}

function throwIfRefused(status: number, text: string): void {
  const error = errorIn(status, text);
  if (error?.code === "lease_lost") throw new LeaseLostError(error.message);
  if (error !== null) throw error;
}

function classified(thrown: unknown): Error {
  if (thrown instanceof ControlError || thrown instanceof LeaseLostError) return thrown;
  return new ControlError("unreachable", null, `control cannot be reached: ${describeNetworkError(thrown)}`);
}

function parse<T>(answer: z.ZodType<T>, text: string): T {
  try {
    return answer.parse(JSON.parse(text));
  } catch (thrown) {
    throw new ControlError("unreachable", null, `control's answer is not valid: ${describe(thrown)}`);
  }
}
