import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { mediaSigningKey, publicMediaKey } from "../../../contracts/media-link.ts";
import { ROUTING_KEY } from "../../../contracts/routing.ts";
import { STAMP_EVENT } from "../../../contracts/stamp.ts";
import { reelManifestKey } from "../../../contracts/storage.ts";
import { setReel } from "../../../dev/reel/set.ts";
import { decodeScript, FlvReader } from "../../../origin/ingest/flv.ts";
import { STATION, type Stack, startStack } from "../../harness/stack.ts";
import type { MessageName } from "../messages.ts";
import { startRecordingProxy } from "./proxy.ts";
import type { Samples } from "./samples.ts";

const TRACK = join(import.meta.dirname, "../../../dev/demo-library/demo/02-night-train.m4a");
const PATIENCE_MS = 180_000;
const ASK_MS = 10_000;

const File = z.object({ id: z.string(), state: z.string() });
const Files = z.object({ items: z.array(File) });
const Origins = z.object({ items: z.array(z.object({ state: z.string() })) });

/** Runs a radio in which every message is said once, and keeps what was said. */
export async function recordRadio(samples: Samples): Promise<void> {
  const targets = { control: "", edge: "" };
  const control = await startRecordingProxy(() => targets.control, samples);
  const edge = await startRecordingProxy(() => targets.edge, samples);
  const stack = await startStack({
    listed: 3,
    env: { EDGE_ENTRY: "test/releases/recorder/edge/main.ts" },
    places: ({ controlUrl, edgeUrl }) => {
      Object.assign(targets, { control: controlUrl, edge: edgeUrl });
      const environment = { CONTROL_URL: control.url, EDGE_URL: edge.url };
      return Object.fromEntries(["origin-1", "origin-2"].map((id) => [id, { environment }]));
    },
  });
  try {
    await useLibrary(stack);
    const { controlUrl, adminToken } = stack;
    await setReel({ controlUrl, adminToken, station: STATION, title: "Stand by", file: TRACK });
    await keepStamp(stack, samples);
    const stored = (key: string) => `${stack.edgeUrl}/__stored/${key}`;
    const media = (await stack.api(Files, "GET", `/api/v1/stations/${STATION}/media`)).items[0]?.id ?? "";
    await keepAnswer(samples, "Routing", stored(ROUTING_KEY));
    await keepAnswer(samples, "ReelManifest", stored(reelManifestKey(STATION)));
    await keepAnswer(samples, "PublicMedia", stored(publicMediaKey(STATION, media)));
    await keepAnswer(samples, "MediaSigning", stored(mediaSigningKey(STATION)));
    await keepAnswer(samples, "EdgeHealth", `${stack.edgeUrl}/${STATION}/health.json`);
    await keepAnswer(samples, "NowJson", `${stack.edgeUrl}/${STATION}/now.json`);
    const refused = await stack.request("GET", "/api/v1/origins/nobody");
    samples.take("Failure", await refused.text());
  } finally {
    await stack.stop();
    await control.close();
    await edge.close();
  }
}

/** A file goes the whole way: prepared, approved, played by a plan, public, given away. */
async function useLibrary(stack: Stack): Promise<void> {
  const media = `/api/v1/stations/${STATION}/media`;
  const response = await fetch(`${stack.controlUrl}${media}?fileName=night-train.m4a`, {
    method: "POST",
    body: await readFile(TRACK),
    headers: { authorization: `Bearer ${stack.adminToken}`, "content-type": "audio/mp4" },
    signal: AbortSignal.timeout(ASK_MS),
  });
  const { id } = File.parse(await response.json());
  await until(async () => (await stack.api(File, "GET", `${media}/${id}`)).state === "in-review");
  await stack.api(z.unknown(), "POST", `${media}/${id}/approve`, {});
  await stack.api(z.unknown(), "PUT", `${media}/${id}/public`);
  await stack.api(z.unknown(), "POST", `${media}/${id}/links`, {});
  const playlists = `/api/v1/stations/${STATION}/playlists`;
  const made = await stack.api(z.object({ id: z.string() }), "POST", playlists, { name: "Night" });
  await stack.api(z.unknown(), "PUT", `${playlists}/${made.id}/entries`, { entries: [{ media: id }] });
  await stack.api(z.unknown(), "PUT", `/api/v1/stations/${STATION}/rules`, { playlist: made.id });
  await until(async () => {
    const { items: origins } = await stack.api(Origins, "GET", "/api/v1/origins");
    return origins.every(({ state }) => state === "active");
  });
}

/** Reads a stamp out of the programme as a slicer does. */
async function keepStamp(stack: Stack, samples: Samples): Promise<void> {
  const ending = AbortSignal.timeout(ASK_MS * 2);
  const { body } = await fetch(`${stack.origin("origin-1").httpUrl}/radiodream/${STATION}.flv`, { signal: ending });
  let isKept = false;
  const reader = new FlvReader(({ type, payload }) => {
    const script = type === 18 ? decodeScript(payload) : null;
    if (script?.event !== STAMP_EVENT) return;
    samples.take("Stamp", script.body);
    isKept = true;
  });
  for await (const chunk of body ?? []) {
    reader.push(Buffer.from(chunk));
    if (isKept) return;
  }
}

async function keepAnswer(samples: Samples, name: MessageName, url: string): Promise<void> {
  await until(async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) });
    if (answer.ok) samples.take(name, await answer.text());
    return answer.ok;
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so within ${PATIENCE_MS / 1000} s: ${isSo}`);
    await pause(500);
  }
}
