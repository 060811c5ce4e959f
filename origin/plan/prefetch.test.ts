import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Track } from "../../contracts/media.ts";
import { createRundown, type Rundown } from "../../contracts/rundown/rundown.ts";
import type { RundownItem } from "../../contracts/rundown-item.ts";
import { frameAt, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import type { Loop } from "../../kit/loop.ts";
import { downloadPrepared } from "./download-prepared.ts";
import { examplePlan, exampleTrack, inARow, noise, type PlanEdge, startPlanEdge } from "./fixtures/edge.ts";
import { startPrefetch, wantedBy } from "./prefetch.ts";
import { openPreparedCache, type PreparedCache } from "./prepared-cache.ts";

const log = createLog({ level: "error" });
let folder: string;
let edge: PlanEdge;
let cache: PreparedCache;
let loop: Loop | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "prefetch-"));
  edge = await startPlanEdge();
  loop = null;
});
afterEach(async () => {
  await loop?.stop();
  await edge.close();
  await rm(folder, { recursive: true });
});

const now = () => frameAt(Date.now()) * SAMPLES_PER_FRAME;
const hashesAsked = () => edge.asked.map(({ path }) => path.split("/").at(-1));

const entriesOf = (tracks: readonly Track[]) => tracks.map(({ media }) => ({ media, weight: 1 }));
const among =
  (items: () => readonly RundownItem[]): Rundown["at"] =>
  (from, until) =>
    items().filter((item) => item.until > from && item.from < until);

async function start(at: Rundown["at"], limitBytes = 10_000_000) {
  cache = await openPreparedCache({ folder, limitBytes, clock: systemClock, log });
  loop = startPrefetch({
    stations: () => [{ edge: edge.of("demo"), rundown: { at } }],
    cache,
    clock: systemClock,
    log,
    idleMs: 20,
  });
}

describe("fetching ahead", () => {
  it("has the files of the hours to come, the soonest first, each once", async () => {
    const tracks = [1, 2, 3].map(() => exampleTrack(edge.put(noise(5000))));
    const items = inARow(now(), [...tracks, ...tracks]);
    await start(among(() => items));
    await vi.waitFor(() => expect(cache.held()).toHaveLength(3));
    expect(hashesAsked()).toEqual(tracks.map(({ prepared }) => prepared.sha256));
  });

  it("lets a node without a network play on for at least half an hour", async () => {
    const tracks = Array.from({ length: 12 }, () => {
      const prepared = { ...edge.put(noise(2000)), samples: 240 * 48_000 };
      const cue = { in: 0, next: prepared.samples, out: prepared.samples };
      return { ...exampleTrack(prepared, crypto.randomUUID(), crypto.randomUUID()), cue };
    });
    const playlist = { id: crypto.randomUUID(), name: "All", order: "shuffle" as const, entries: entriesOf(tracks) };
    const plan = examplePlan({ playlist: playlist.id, playlists: [playlist], tracks });
    const rundown = createRundown(plan);
    await start((from, until) => rundown.at(from, until));
    const halfAnHour = rundown.at(now(), now() + 1800 * 48_000);
    await vi.waitFor(() => expect(cache.held()).toHaveLength(12));
    await edge.close();
    expect(halfAnHour.length).toBeGreaterThan(7);
    expect(halfAnHour.map(({ track }) => cache.pathOf(track.prepared))).not.toContain(null);
  });

  it("keeps within the limit while a library ten times its size goes by, and always has what is next", async () => {
    const tracks = Array.from({ length: 40 }, () => exampleTrack(edge.put(noise(1000))));
    let at = 0;
    await start(
      among(() => inARow(now(), tracks.slice(at))),
      4000,
    );
    for (; at < 36; at += 4) {
      const soonest = tracks.slice(at, at + 4).map(({ prepared }) => prepared);
      await vi.waitFor(() => expect(soonest.map((file) => cache.pathOf(file))).not.toContain(null));
      const names = await readdir(folder);
      const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
      expect(sizes.reduce((sum, each) => sum + (each?.size ?? 0), 0)).toBeLessThanOrEqual(4000);
    }
  });

  it("lets a file that cannot be had rest, and fetches the others meanwhile", async () => {
    const tracks = [1, 2, 3].map(() => exampleTrack(edge.put(noise(5000))));
    // The first is gone, the second is not what it should be.
    edge.remove(tracks[0]?.prepared.sha256 ?? "");
    edge.replace(tracks[1]?.prepared.sha256 ?? "", noise(5000));
    const items = inARow(now(), tracks);
    await start(among(() => items));
    await vi.waitFor(() => expect(cache.held()).toHaveLength(1));
    expect(hashesAsked()).toEqual(tracks.map(({ prepared }) => prepared.sha256));
  });

  it("knows when each file is needed first", () => {
    const [one, other] = [exampleTrack(edge.put(noise(10))), exampleTrack(edge.put(noise(20)))];
    const begin = now();
    const items = inARow(begin, [one, other, one]);
    const wanted = wantedBy([{ edge: edge.of("demo"), rundown: { at: () => items.toReversed() } }], Date.now());
    expect(wanted.map(({ file }) => file)).toEqual([one.prepared, other.prepared]);
    expect(wanted[1]?.neededAt).toBeCloseTo(((begin + 48_000) / 48_000) * 1000, 1);
  });
});

describe("a download", () => {
  async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const all: Uint8Array[] = [];
    for await (const chunk of chunks) all.push(chunk);
    return Buffer.concat(all);
  }
  const options = { signal: new AbortController().signal, clock: systemClock, random: () => 0 };

  it("that is cut goes on where it was", async () => {
    const sound = noise(100_000);
    const file = edge.put(sound);
    edge.cuts = [60_000, 30_000];
    expect((await bytesOf(downloadPrepared(edge.of("demo"), file, options))).equals(sound)).toBe(true);
    expect(edge.asked.map(({ range }) => range)).toEqual([undefined, "bytes=60000-", "bytes=90000-"]);
  });

  it("is not tried again when the edge does not have the file", async () => {
    const file = { ...edge.put(noise(10)), sha256: "c".repeat(64) };
    await expect(bytesOf(downloadPrepared(edge.of("demo"), file, options))).rejects.toMatchObject({ kind: "denied" });
    expect(edge.asked).toHaveLength(1);
  });

  it("takes no more of the line than it may", async () => {
    const file = edge.put(noise(200_000));
    const startedAt = performance.now();
    await bytesOf(downloadPrepared(edge.of("demo"), file, { ...options, bytesPerSecond: 500_000 }));
    expect(performance.now() - startedAt).toBeGreaterThan(390);
  });

  it("ends with its signal", async () => {
    const file = edge.put(noise(200_000));
    const abort = new AbortController();
    const download = downloadPrepared(edge.of("demo"), file, { ...options, signal: abort.signal, bytesPerSecond: 1 });
    await download.next();
    const next = download.next();
    abort.abort();
    await expect(next).rejects.toThrow();
  });
});
