import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { segmentAt } from "../../contracts/timeline.ts";
import { levels, median } from "../harness/audio/level.ts";
import { collectHashes, compareHashes, type Hashes } from "../harness/hash-compare.ts";
import { processTree } from "../harness/processes.ts";
import { decodeSegments } from "../harness/recording.ts";
import { RENDITION, STATION, type Stack, startStack } from "../harness/stack.ts";
import { studioOf } from "../harness/station.ts";
import { followStream } from "../harness/stream-check.ts";

/** The ffmpeg of a station's studio that encodes at this bit rate. */
async function encodersOf(origin: number): Promise<number[]> {
  const encoders: number[] = [];
  for (const { pid, name } of await processTree(origin)) {
    if (name !== "ffmpeg") continue;
    const args = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    if (args.includes("adts")) encoders.push(pid);
  }
  return encoders;
}

const LONGEST_SILENCE_MS = 200;

describe("kill -9 of an encoder", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ tones: [{ frequency: 440 }] });
  });
  afterAll(() => stack.stop());

  it.each([0, 1])("number %i is over within 0.2 s, with every frame number once and equal hashes", async (which) => {
    const studio = await studioOf(stack);
    const origin = await stack.pid(studio.id);
    const checks = [RENDITION, "aac-128k"].map((rendition) => followStream(stack.playlistUrl(rendition)));
    await Promise.all(checks.map((check) => check.reached(segmentAt(Date.now(), 150))));
    const encoders = await encodersOf(origin);
    expect(encoders).toHaveLength(2);
    process.kill(encoders[which] ?? Number.NaN, "SIGKILL");
    const killedAt = Date.now();
    await Promise.all(checks.map((check) => check.reached(segmentAt(killedAt, 150) + 2)));
    expect(await encodersOf(origin)).toHaveLength(2);
    expect(await stack.pid(studio.id)).toBe(origin);
    for (const check of checks) {
      const { segments, problems } = await check.stop();
      expect(problems).toEqual([]);
      const { sound } = await decodeSegments(segments);
      const heard = levels(sound).slice(5);
      const usual = median(heard);
      expect(usual).toBeGreaterThan(-30);
      expect(heard.filter((level) => level < usual - 20).length * 20).toBeLessThanOrEqual(LONGEST_SILENCE_MS);
    }
    const hashes: Hashes = new Map();
    for (const { httpUrl } of stack.origins) await collectHashes(hashes, httpUrl, STATION);
    const { common, different } = compareHashes(hashes);
    expect(common.length).toBeGreaterThan(4);
    expect(different).toEqual([]);
  });
});
