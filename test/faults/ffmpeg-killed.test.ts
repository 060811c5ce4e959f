import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NowJson } from "../../contracts/now-json.ts";
import { segmentAt } from "../../contracts/timeline.ts";
import { levels, median } from "../harness/audio/level.ts";
import { toneSpans } from "../harness/audio/tone.ts";
import { collectHashes, compareHashes, type Hashes } from "../harness/hash-compare.ts";
import { processTree } from "../harness/processes.ts";
import { decodeSegments } from "../harness/recording.ts";
import { RENDITION, STATION, type Stack, startStack } from "../harness/stack.ts";
import { reportOf, studioOf } from "../harness/station.ts";
import { followStream } from "../harness/stream-check.ts";

/** The processes of ffmpeg on an origin: those that encode the programme, and those that decode what it is made of. */
async function ffmpegsOf(origin: number): Promise<{ encoders: number[]; decoders: number[] }> {
  const found = { encoders: [] as number[], decoders: [] as number[] };
  for (const { pid, name } of await processTree(origin)) {
    if (name !== "ffmpeg") continue;
    const args = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    found[args.includes("adts") ? "encoders" : "decoders"].push(pid);
  }
  return found;
}

/** When the track at the live edge began, Unix ms. */
async function startOfTrack({ edgeUrl }: Stack): Promise<number> {
  const response = await fetch(`${edgeUrl}/${STATION}/now.json`, { signal: AbortSignal.timeout(5000) });
  return Date.parse(NowJson.parse(await response.json()).now?.startsAt ?? "");
}

const LONGEST_SILENCE_MS = 200;

const TONE_HZ = 440;
const TRACK_SECONDS = 12;
const THRESHOLD_DB = -35;

describe("kill -9 of an ffmpeg", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ tones: [{ frequency: TONE_HZ, seconds: TRACK_SECONDS }] });
  });
  afterAll(() => stack.stop());

  it.each([0, 1])(
    "of encoder number %i is over within 0.2 s, with every frame number once and equal hashes",
    async (which) => {
      const studio = await studioOf(stack);
      const origin = await stack.pid(studio.id);
      const checks = [RENDITION, "aac-128k"].map((rendition) => followStream(stack.playlistUrl(rendition)));
      await Promise.all(checks.map((check) => check.reached(segmentAt(Date.now(), 150))));
      const { encoders } = await ffmpegsOf(origin);
      expect(encoders).toHaveLength(2);
      process.kill(encoders[which] ?? Number.NaN, "SIGKILL");
      const killedAt = Date.now();
      await Promise.all(checks.map((check) => check.reached(segmentAt(killedAt, 150) + 2)));
      expect((await ffmpegsOf(origin)).encoders).toHaveLength(2);
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
    },
  );

  it("of the decoder of what is on is not heard at all, and its file is played on", async () => {
    const studio = await studioOf(stack);
    const origin = await stack.pid(studio.id);
    const check = followStream(stack.playlistUrl());
    await check.reached(segmentAt(Date.now(), 150));
    // A track that was joined midway is not judged by where it ends.
    const begun = Date.now();
    await expect.poll(() => startOfTrack(stack), { timeout: 3 * TRACK_SECONDS * 1000 }).toBeGreaterThan(begun);
    const { decoders } = await ffmpegsOf(origin);
    expect(decoders.length).toBeGreaterThan(0);
    for (const pid of decoders) process.kill(pid, "SIGKILL");
    const killedAt = Date.now();
    await check.reached(segmentAt(killedAt, 150) + 3);
    const { segments, problems } = await check.stop();
    expect(problems).toEqual([]);
    const { sound } = await decodeSegments(segments);
    const tone = toneSpans(sound, TONE_HZ, THRESHOLD_DB);
    expect(tone).toHaveLength(1);
    expect((await reportOf(studio))?.source).toBe("autopilot");
  });
});
