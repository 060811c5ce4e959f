import { createExecutionContext, env, waitOnExecutionContext } from "cloudflare:test";
import { ReelManifest } from "../contracts/reel.ts";
import { ROUTING_KEY, type Routing } from "../contracts/routing.ts";
import type { IndexedSegment, StationIndex } from "../contracts/station-index.ts";
import { indexKey, segmentKey } from "../contracts/storage.ts";
import { segmentAt } from "../contracts/timeline.ts";
import type { Clock } from "../kit/clock.ts";
import { createLog } from "../kit/log.ts";
import type { EdgeOptions } from "./edge.ts";
import { createEdge } from "./main.ts";
import type { Bucket, Reach } from "./reach.ts";
import { cutPieces, segmentOfReel } from "./reel/reel.ts";
import { sha256Of } from "./sha256.ts";

/** A small radio in real R2 and a real cache, for tests: fixtures, faults put in one at a time, and counters. */

export const SEGMENT_MS = 3200;
export const RENDITION = "aac-48k";
export const TOKENS: Record<string, string> = { a: "token-of-a", b: "token-of-b", c: "token-of-c" };

export type Fault = "throw" | "hang" | null;
type OriginAnswer = (path: string) => Response | Promise<Response> | null;

let worlds = 0;

export async function createWorld(
  options: { origins?: string[]; weights?: Record<string, number>; segmentsUrl?: string } = {},
) {
  worlds += 1;
  const prefix = `world-${worlds}/`;
  const site = `https://edge-${worlds}.test`;
  const origins = options.origins ?? ["a", "b"];
  const counts = { get: 0, head: 0, put: 0, match: 0, keep: 0, direct: 0 };
  const lines: string[] = [];
  const clock = createTestClock();
  /** For tests to set: what fails, by key of R2, and what the origins answer over HTTP, by host. */
  const faults = {
    get: (_key: string): Fault => null,
    put: (_key: string): Fault => null,
    match: (): Fault => null,
    assets: (): Fault => null,
  };
  const direct = new Map<string, OriginAnswer>();
  const bucket = createBucket(prefix, faults, counts);
  const cache: ReturnType<Reach["cache"]> = {
    match: async (key) => {
      counts.match += 1;
      await happen(faults.match());
      return caches.default.match(key);
    },
    put: (key, response) => {
      counts.keep += 1;
      return caches.default.put(key, response);
    },
  };
  const assets: Pick<Fetcher, "fetch"> = {
    fetch: async (asset, init) => {
      await happen(faults.assets());
      return env.ASSETS.fetch(asset, init);
    },
  };
  const edgeOptions: EdgeOptions = {
    clock,
    log: createLog({ write: (line) => lines.push(line) }),
    cache: () => cache,
    fetchOrigin: async (url) => {
      counts.direct += 1;
      const { hostname, pathname } = new URL(url);
      const answer = await direct.get(hostname.split(".")[0] ?? "")?.(pathname);
      if (answer) return answer;
      throw new Error("connection refused");
    },
  };
  let edge = createEdge(edgeOptions);

  const world = {
    site,
    clock,
    counts,
    lines,
    faults,
    direct,
    bucket,
    /** The newest segment that can be complete now. */
    newest: () => segmentAt(clock.now(), 150) - 1,
    async routing(change: (routing: Routing) => void = () => {}) {
      const routing = await exampleRouting(origins, options.weights ?? {});
      change(routing);
      await env.MEDIA.put(prefix + ROUTING_KEY, JSON.stringify(routing));
    },
    /** Segments and index of an origin, as it would have uploaded them. */
    async publish(origin: string, numbers: number[], change: Partial<StationIndex> & { generation?: number } = {}) {
      const { generation = 1, ...rest } = change;
      const segments: IndexedSegment[] = [];
      for (const number of numbers) {
        const bytes = segmentBytes(number, generation);
        const sha256 = await sha256Of(bytes);
        await env.MEDIA.put(prefix + segmentKey("demo", origin, RENDITION, number), bytes, { sha256 });
        segments.push(exampleSegment(number, generation, sha256, bytes.length));
      }
      const index = exampleIndex(origin, segments, { updatedAt: clock.now(), ...rest });
      await env.MEDIA.put(prefix + indexKey("demo", origin), JSON.stringify(index), {
        customMetadata: { "updated-at": String(index.updatedAt) },
      });
      return index;
    },
    put: (key: string, value: string | ArrayBuffer, options?: R2PutOptions) =>
      env.MEDIA.put(prefix + key, value, options),
    remove: (key: string) => env.MEDIA.delete(prefix + key),
    /** An isolate that knows nothing yet, in the same data centre. */
    newIsolate() {
      edge = createEdge(edgeOptions);
    },
    resetCounts() {
      for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] = 0;
    },
    async fetch(path: string, init: RequestInit = {}): Promise<Response> {
      const context = createExecutionContext();
      const request = new Request(site + path, init);
      const settings = options.segmentsUrl === undefined ? {} : { SEGMENTS: bucket, SEGMENTS_URL: options.segmentsUrl };
      const response = await edge.fetch(request, { MEDIA: bucket, ASSETS: assets, ...settings }, context);
      settling.push(waitOnExecutionContext(context));
      return response;
    },
    /** Waits until the work that goes on after the answers is done. */
    async settled() {
      await Promise.all(settling.splice(0));
    },
    /** Upload with the origin's token and a true digest, unless told otherwise. */
    async upload(origin: string, path: string, body: Uint8Array | string, headers: Record<string, string> = {}) {
      const bytes = new Uint8Array(typeof body === "string" ? new TextEncoder().encode(body) : body);
      return world.fetch(`/origin/v1/${path}`, {
        method: "PUT",
        body: bytes,
        headers: {
          authorization: `Bearer ${TOKENS[origin] ?? origin}`,
          "content-digest": await contentDigest(bytes),
          ...headers,
        },
      });
    },
  };
  const settling: Promise<void>[] = [];
  await world.routing();
  return world;
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/** Real time plus what a test skips. It starts at a segment's beginning, so that nothing falls due by chance. */
function createTestClock(): Clock & { skip(ms: number): void } {
  let skipped = SEGMENT_MS - (Date.now() % SEGMENT_MS);
  return {
    now: () => Date.now() + skipped,
    monotonic: () => Date.now() + skipped,
    skip: (ms) => {
      skipped += ms;
    },
  };
}

function happen(fault: Fault): Promise<void> {
  if (fault === "hang") return new Promise(() => {});
  return fault === "throw" ? Promise.reject(new Error("internal error (10001)")) : Promise.resolve();
}

function createBucket(
  prefix: string,
  faults: { get(key: string): Fault; put(key: string): Fault },
  counts: { get: number; head: number; put: number },
): Bucket {
  return {
    get: async (key, options) => {
      counts.get += 1;
      await happen(faults.get(key));
      return env.MEDIA.get(prefix + key, options);
    },
    head: async (key) => {
      counts.head += 1;
      await happen(faults.get(key));
      return env.MEDIA.head(prefix + key);
    },
    put: async (key, value, options) => {
      counts.put += 1;
      await happen(faults.put(key));
      return env.MEDIA.put(prefix + key, value, options);
    },
    delete: (keys) => env.MEDIA.delete(keys.map((key) => prefix + key)),
  };
}

export async function exampleRouting(origins: string[], weights: Record<string, number> = {}): Promise<Routing> {
  const entries = await Promise.all(
    origins.map(async (origin) => [
      origin,
      {
        url: `https://${origin}.origins.test`,
        tokenHash: await sha256Of(new TextEncoder().encode(TOKENS[origin] ?? origin)),
      },
    ]),
  );
  return {
    schema: 1,
    version: 1,
    publishedAt: 0,
    origins: Object.fromEntries(entries),
    stations: {
      demo: {
        name: "Demo",
        framesPerSegment: 150,
        renditions: ["aac-48k", "aac-128k"],
        generation: 1,
        studio: origins[0] ?? null,
        slicers: origins.map((origin) => ({ origin, weight: weights[origin] ?? 100 })),
      },
    },
  };
}

export function exampleSegment(number: number, generation: number, sha256: string, bytes: number): IndexedSegment {
  const copy = { sha256, bytes, counter: (number * AUDIO_PACKETS) % 16 };
  return { number, generation, level: { peak: -3, rms: -18 }, renditions: { "aac-48k": copy } };
}

export function exampleIndex(
  origin: string,
  segments: IndexedSegment[],
  change: Partial<StationIndex> = {},
): StationIndex {
  return {
    version: 1,
    station: "demo",
    origin,
    framesPerSegment: 150,
    updatedAt: 0,
    segments,
    items: [],
    next: [],
    ...change,
  };
}

const AUDIO_PACKETS = 3;

/** Two TS packets of tables and three of audio, counted on from those before, whose payload tells number and generation. */
export function segmentBytes(number: number, generation = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(5 * 188).fill(generation);
  for (let packet = 0; packet < 5; packet += 1) {
    const counter = packet < 2 ? 0 : (number * AUDIO_PACKETS + packet - 2) % 16;
    bytes.set([0x47, packet === 0 ? 0x40 : 0x41, 0, 0x10 | counter], packet * 188);
  }
  new DataView(bytes.buffer).setFloat64(188 + 8, number);
  return bytes;
}

/** A segment of that number as the programme could have it: the default reel in its place. */
export async function soundSegment(number: number): Promise<Uint8Array<ArrayBuffer>> {
  const asset = (name: string) => env.ASSETS.fetch(`https://assets.test/assets/reel/${name}`);
  const { title, renditions } = ReelManifest.parse(await (await asset("manifest.json")).json());
  const { sha256 = "", pieces: lengths = [] } = renditions[RENDITION] ?? {};
  const pieces = cutPieces(await (await asset(`${sha256}.mpegts`)).arrayBuffer(), lengths);
  return segmentOfReel({ title, pieces }, { number, framesPerSegment: 150, counter: 0, advance: 0 });
}

export async function contentDigest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha-256=:${btoa(String.fromCharCode(...hash))}:`;
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** The segment numbers that a playlist lists, a gap as a negative number. */
export function listedIn(playlist: string): number[] {
  return [...playlist.matchAll(/(#EXT-X-GAP\n)?#EXTINF:[^\n]+\n(\d+)\.ts/g)].map(([, gap, number]) =>
    gap === undefined ? Number(number) : -Number(number),
  );
}

/** The body as text; `Response.text` warns about every content type that is not text. */
export async function textOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await response.arrayBuffer());
}
