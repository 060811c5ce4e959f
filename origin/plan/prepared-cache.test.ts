import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { noise, startPlanEdge } from "./fixtures/edge.ts";
import { openPreparedCache, WrongFileError } from "./prepared-cache.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "prepared-"));
});
afterEach(() => rm(folder, { recursive: true }));

const open = () =>
  openPreparedCache({ folder, limitBytes: 1000, clock: systemClock, log: createLog({ level: "error" }) });

const edge = await startPlanEdge();
await edge.close();
const SOUND = noise(300);
const FILE = edge.put(SOUND);

async function* inParts(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

describe("the cache of prepared files", () => {
  it("has a file when all of it has come, under its hash", async () => {
    const cache = await open();
    expect(cache.pathOf(FILE)).toBeNull();
    await cache.add(FILE, inParts(SOUND));
    expect(await readFile(cache.pathOf(FILE) ?? "")).toEqual(SOUND);
    expect(cache.held()).toEqual([{ sha256: FILE.sha256, bytes: 300, usedAt: expect.any(Number) }]);
  });

  it.each([
    ["of the wrong bytes", noise(300)],
    ["cut short", SOUND.subarray(0, 299)],
    ["too long", Buffer.concat([SOUND, SOUND])],
  ])("keeps nothing of a file that comes %s", async (_, bytes) => {
    const cache = await open();
    await expect(cache.add(FILE, inParts(bytes))).rejects.toThrow(WrongFileError);
    expect([cache.pathOf(FILE), cache.held(), await readdir(folder)]).toEqual([null, [], []]);
  });

  it("keeps nothing of a download that fails", async () => {
    const cache = await open();
    const broken = (async function* () {
      yield SOUND.subarray(0, 100);
      throw new Error("the line is cut");
    })();
    await expect(cache.add(FILE, broken)).rejects.toThrow("the line is cut");
    expect(await readdir(folder)).toEqual([]);
  });

  it("knows after a restart what it has, and clears away what was half-made", async () => {
    await (await open()).add(FILE, inParts(SOUND));
    await writeFile(join(folder, `${"b".repeat(64)}.flac.part`), "half");
    const again = await open();
    expect(again.pathOf(FILE)).not.toBeNull();
    expect(await readdir(folder)).toEqual([`${FILE.sha256}.flac`]);
  });

  it("does not take a file for another's length", async () => {
    await writeFile(join(folder, `${FILE.sha256}.flac`), SOUND.subarray(0, 200));
    expect((await open()).pathOf(FILE)).toBeNull();
  });

  it("gives up a file that does not play", async () => {
    const cache = await open();
    await cache.add(FILE, inParts(SOUND));
    cache.discard(FILE.sha256);
    expect(cache.pathOf(FILE)).toBeNull();
    await expect.poll(() => readdir(folder)).toEqual([]);
  });

  it("may have as much as was set, where the disk has it", async () => {
    expect(await (await open()).limitBytes()).toBe(1000);
    const greedy = await openPreparedCache({
      folder,
      limitBytes: Number.MAX_SAFE_INTEGER,
      clock: systemClock,
      log: createLog({ level: "error" }),
    });
    expect(await greedy.limitBytes()).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });
});
