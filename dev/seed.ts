import { z } from "zod";
import { EdgeHealth } from "../contracts/edge-health.ts";
import { keepSecret, readKept } from "./secrets.ts";

export const DEMO_STATION = { slug: "demo", name: "Radio Dream demo" };
/** The name of the demo station's host, and so of the stream key. */
const HOST = "demo";
const REQUEST_LIMIT_MS = 10_000;
/** Players start three segments back (RFC 8216, 6.3.3); VLC buffers anew when it finds fewer. */
const SEGMENTS_TO_BEGIN = 3;

const StreamKey = z.object({ id: z.string(), key: z.string() });
type StreamKey = z.infer<typeof StreamKey>;
const KeyList = z.object({ items: z.array(z.object({ id: z.string() })) });

export type ControlApi = { url: string; adminToken: string };

/**
 * Brings the demo station about through the control API, as any operator would, and answers its host's stream key:
 * the one kept in `keyFile` as long as control knows it, else a new one.
 */
export async function seedDemo(api: ControlApi, keyFile: string): Promise<string> {
  const created = await ask(api, "POST", "/stations", DEMO_STATION);
  if (created.status !== 409) await expectOk(created, "the demo station was not created");
  const keys = `/stations/${DEMO_STATION.slug}/keys`;
  const kept = readKeptKey(keyFile);
  if (kept) {
    const listed = await expectOk(await ask(api, "GET", `${keys}?limit=100`), "stream keys were not listed");
    if (KeyList.parse(listed).items.some(({ id }) => id === kept.id)) return kept.key;
  }
  const made = await expectOk(await ask(api, "POST", keys, { name: HOST }), "no stream key was made");
  const { id, key } = StreamKey.parse(made);
  keepSecret(keyFile, JSON.stringify({ id, key }));
  return key;
}

/**
 * Whether the station's playlist lists a segment of after `since` (Unix ms) and enough for a player to begin, and not the
 * reel alone.
 */
export async function isOnAir(playlist: string, since: number): Promise<boolean> {
  const rendition = (await readText(playlist)).split("\n").find((line) => line !== "" && !line.startsWith("#"));
  if (rendition === undefined) return false;
  const media = await readText(new URL(rendition, playlist).href);
  const times = [...media.matchAll(/^#EXT-X-PROGRAM-DATE-TIME:(.+)$/gm)].map(([, time = ""]) => Date.parse(time));
  if (times.length < SEGMENTS_TO_BEGIN || !times.some((time) => time >= since)) return false;
  return !(await isOnReel(new URL("health.json", playlist).href));
}

async function isOnReel(health: string): Promise<boolean> {
  const seen = EdgeHealth.pick({ listed: true }).safeParse(parseJson(await readText(health)));
  return seen.success && seen.data.listed.every(({ reel }) => reel);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function readText(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(REQUEST_LIMIT_MS) });
    const text = await answer.text();
    return answer.ok ? text : "";
  } catch {
    return "";
  }
}

function readKeptKey(keyFile: string): StreamKey | null {
  const kept = readKept(keyFile);
  return kept === null ? null : StreamKey.parse(JSON.parse(kept));
}

function ask(api: ControlApi, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${api.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${api.adminToken}`, "content-type": "application/json" },
    signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function expectOk(answer: Response, otherwise: string): Promise<unknown> {
  if (answer.ok) return answer.json();
  throw new Error(`${otherwise}: control answered ${answer.status} ${(await answer.text()).slice(0, 500)}`);
}
