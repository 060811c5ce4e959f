import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import { ADMIN, type Answer, call } from "./test-client.ts";

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
