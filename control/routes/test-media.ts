import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import type { Preparation } from "../../contracts/media.ts";
import { ADMIN, type Answer, call, type TestOrigin } from "./test-client.ts";

/** Files for the tests, and how they come in and out. */

type Body = Uint8Array<ArrayBuffer> | ReadableStream;

/** Bytes that repeat nowhere soon, other ones for each seed. */
export function makeFile(bytes: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  for (let index = 0, state = seed; index < words.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, bytes);
}

export async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function contentDigest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha-256=:${btoa(String.fromCharCode(...hash))}:`;
}

/** A request with a body that is no JSON, and its answer as it comes. */
export function send(
  method: string,
  path: string,
  body: Body | null = null,
  headers: Record<string, string> = {},
  token = ADMIN,
): Promise<Response> {
  return exports.default.fetch(`https://control.example/api/v1/${path}`, {
    method,
    body,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
}

export async function sendJson(...request: Parameters<typeof send>): Promise<Answer> {
  const response = await send(...request);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Uploads a file in one request; answers the file of the library. */
export async function storeFile(slug: string, file: Uint8Array<ArrayBuffer>, fileName = "song.mp3") {
  const path = `stations/${slug}/media?fileName=${encodeURIComponent(fileName)}`;
  const answer = await sendJson("POST", path, file, { "content-type": "audio/mpeg" });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

/** Kinds of the station's incidents, the newest first. */
export async function incidentsOf(slug: string): Promise<string[]> {
  const { body } = await call("GET", `incidents?station=${slug}&limit=100`);
  return body.items.map(({ kind }: { kind: string }) => kind);
}

export const CONTENT = makeFile(20_000, 7);

/** What an origin says it has found, of a prepared file with this content. */
export async function preparationOf(content = CONTENT, parts: Partial<Preparation> = {}): Promise<Preparation> {
  return {
    prepared: { sha256: await hashOf(content), bytes: content.length, samples: 480_000 },
    loudness: { integrated: -14.2, truePeak: -0.3 },
    cue: { in: 4800, next: 450_000, out: 470_000 },
    metadata: { title: "Night Train", artist: "The Sleepers", album: "", isrc: "", year: 1998 },
    cover: null,
    peaks: Array.from({ length: 1000 }, (_, index) => index % 256),
    ...parts,
  };
}

/** How an origin prepares a file, step by step. */
export function worker(origin: TestOrigin) {
  const send = (method: string, path: string, body?: unknown) => call(method, path, body, origin.token);
  return {
    id: origin.id,
    claim: () => send("POST", `origins/${origin.id}/jobs/claim`),
    progress: (job: string, phase: string, share: number) => send("POST", `jobs/${job}/progress`, { phase, share }),
    putPart: (job: string, part: number, bytes: Uint8Array<ArrayBuffer>) =>
      sendRaw(origin, "PUT", `jobs/${job}/prepared?part=${part}`, bytes),
    finishPrepared: async (job: string, content = CONTENT) =>
      send("POST", `jobs/${job}/prepared`, { sha256: await hashOf(content), bytes: content.length }),
    putCover: async (job: string, bytes: Uint8Array<ArrayBuffer>) =>
      sendRaw(origin, "PUT", `jobs/${job}/cover`, bytes, { "content-digest": await contentDigest(bytes) }),
    result: (job: string, result: object) => send("POST", `jobs/${job}/result`, result),
    /** All of it, with the job that has waited longest. */
    async prepare(content = CONTENT, parts: Partial<Preparation> = {}) {
      const { body: job } = await this.claim();
      expect((await this.putPart(job.id, 1, content)).status).toBe(204);
      expect((await this.finishPrepared(job.id, content)).status).toBe(204);
      const preparation = await preparationOf(content, parts);
      expect((await this.result(job.id, { outcome: "prepared", preparation })).status).toBe(204);
      return job;
    },
  };
}

async function sendRaw(
  origin: TestOrigin,
  method: string,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await send(method, path, bytes, headers, origin.token);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}
