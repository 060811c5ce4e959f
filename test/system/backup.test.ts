import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { ROOT } from "../../dev/settings.ts";
import { startPublisher, toneSource } from "../harness/publisher.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { reportOf, studioOf } from "../harness/station.ts";

const HOUR = 3_600_000;
const SOON = { timeout: 30_000, interval: 250 };
const PREPARED = { timeout: 240_000, interval: 500 };
const COMMAND_MS = 120_000;
/** Two starts, a preparation when the node has capacity to spare, and both commands. */
const SETUP_MS = 400_000;
const TIMEOUT_MS = 10_000;

const WithId = z.object({ id: z.string() });
const File = WithId.extend({ state: z.string() });
const Key = WithId.extend({ key: z.string() });
const Token = WithId.extend({ token: z.string() });
const Rundown = z.object({
  items: z.array(z.object({ from: z.number(), title: z.string(), slot: z.object({ title: z.string() }).nullable() })),
});
const Plan = z.object({ version: z.int() });
const api = (path: string) => `/api/v1/stations/${STATION}${path}`;

/** Everything that has to be the same in another place. */
type Station = {
  media: string;
  sound: string;
  streamKey: string;
  adminToken: string;
  window: string;
  rundown: z.infer<typeof Rundown>;
  planVersion: number;
};

async function run(command: string, ...args: string[]): Promise<string> {
  const script = join(ROOT, `dev/backup/${command}.ts`);
  return (await promisify(execFile)(process.execPath, [script, ...args], { cwd: ROOT, timeout: COMMAND_MS })).stdout;
}

async function upload(stack: Stack, file: string): Promise<string> {
  const response = await fetch(`${stack.controlUrl}${api("/media")}?fileName=tone.mp3`, {
    method: "POST",
    body: await readFile(file),
    headers: { authorization: `Bearer ${stack.adminToken}`, "content-type": "audio/mpeg" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  expect(response.status).toBe(201);
  return WithId.parse(await response.json()).id;
}

async function hashAt(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return response.ok
    ? createHash("sha256")
        .update(await response.bytes())
        .digest("hex")
    : `status ${response.status}`;
}

const soundAt = (stack: Stack, media: string) => `${stack.edgeUrl}/${STATION}/media/${media}/original`;

/** A file that is approved and public, in a playlist that is played by the rules and in a show, a key and a token. */
async function makeStation(stack: Stack, file: string): Promise<Station> {
  const media = await upload(stack, file);
  const stateOf = async () => (await stack.api(File, "GET", api(`/media/${media}`))).state;
  await vi.waitFor(async () => expect(await stateOf()).toBe("in-review"), PREPARED);
  await stack.api(File, "POST", api(`/media/${media}/approve`), {});
  await stack.api(z.unknown(), "PUT", api(`/media/${media}/public`));
  const playlist = (await stack.api(WithId, "POST", api("/playlists"), { name: "All", order: "shuffle" })).id;
  await stack.api(z.unknown(), "PUT", api(`/playlists/${playlist}/entries`), { entries: [{ media }] });
  await stack.api(z.unknown(), "PUT", api("/rules"), { playlist });
  const from = Date.now() + HOUR;
  await stack.api(WithId, "POST", api("/schedule"), {
    title: "The evening show",
    content: { kind: "playlist", playlist },
    from: new Date(from + HOUR / 2).toISOString().slice(0, 16),
    durationMinutes: 10,
  });
  const window = `?from=${from}&until=${from + HOUR}`;
  const planned = () => stack.api(Rundown, "GET", api(`/rundown${window}`));
  const hasShow = async () => (await planned()).items.some(({ slot }) => slot?.title === "The evening show");
  await vi.waitFor(async () => expect(await hasShow()).toBe(true), PREPARED);
  await vi.waitFor(async () => expect(await hashAt(soundAt(stack, media))).toHaveLength(64), PREPARED);
  return {
    media,
    sound: await hashAt(soundAt(stack, media)),
    streamKey: (await stack.api(Key, "POST", api("/keys"), { name: "Ada" })).key,
    adminToken: (await stack.api(Token, "POST", "/api/v1/tokens", { kind: "admin", name: "Ada" })).token,
    window,
    rundown: await planned(),
    planVersion: (await stack.api(Plan, "GET", api("/plan"))).version,
  };
}

describe("a station that is backed up and brought back where there is nothing", () => {
  let folder: string;
  let station: Station;
  let stack: Stack;

  beforeAll(async () => {
    await mkdir(join(ROOT, ".radio/tests"), { recursive: true });
    folder = await mkdtemp(join(ROOT, ".radio/tests/backup-"));
    const file = join(folder, "tone.mp3");
    await promisify(execFile)("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", toneSource(440), "-t", "20", file]);
    const first = await startStack({ origins: 1, stateDir: join(folder, "first") });
    try {
      station = await makeStation(first, file);
      await expect(run("backup", "--to", join(folder, "backups"), "--state", join(folder, "first"))).rejects.toThrow(
        "already runs with this STATE_DIR",
      );
    } finally {
      await first.stop();
    }
    await run("backup", "--to", join(folder, "backups"), "--state", join(folder, "first"));
    await run("restore", "--from", join(folder, "backups"), "--state", join(folder, "second"));
    stack = await startStack({ origins: 1, stateDir: join(folder, "second") });
  }, SETUP_MS);
  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("is to play what it was to play, before and after control has published its plan anew", async () => {
    const rundown = () => stack.api(Rundown, "GET", api(`/rundown${station.window}`));
    const version = async () => (await stack.api(Plan, "GET", api("/plan"))).version;
    expect(station.rundown.items.length).toBeGreaterThan(10);
    expect(await rundown()).toEqual(station.rundown);
    await expect.poll(version, { timeout: 90_000, interval: 1000 }).toBeGreaterThan(station.planVersion);
    expect(await rundown()).toEqual(station.rundown);
  });

  it("plays its own file, and gives it to listeners with the same bytes", async () => {
    expect(await hashAt(soundAt(stack, station.media))).toBe(station.sound);
    const now = async () => (await fetch(`${stack.edgeUrl}/${STATION}/now.json`)).text();
    await expect.poll(now, SOON).toContain("tone");
  });

  it("knows the token of its admin", async () => {
    const ask = (token: string) =>
      fetch(`${stack.controlUrl}${api("")}`, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask(station.adminToken)).status).toBe(200);
    expect((await ask(`${station.adminToken}x`)).status).toBe(401);
  });

  it("takes the stream key of its host", async () => {
    const studio = await studioOf(stack);
    const host = await startPublisher(`${studio.rtmpUrl}/live/${STATION}?key=${station.streamKey}`, { tone: 1000 });
    try {
      const live = async () => (await reportOf(studio))?.live;
      await expect.poll(live, SOON).toMatchObject({ name: "Ada", onAir: true });
    } finally {
      await host.stop();
    }
  });
});
