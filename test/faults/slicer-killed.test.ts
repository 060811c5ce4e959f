import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { disturbances, gather } from "../harness/audience.ts";
import { collectHashes, compareHashes, type Hashes } from "../harness/hash-compare.ts";
import { LISTENING_SECONDS, PATIENCE_MS } from "../harness/lengths.ts";
import { listenWithFfmpeg } from "../harness/listeners/ffmpeg-listener.ts";
import { listenWithHlsJs } from "../harness/listeners/hls-js.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { reportOf, slicerOf, studioOf } from "../harness/station.ts";
import { followStream } from "../harness/stream-check.ts";

describe("kill -9 of the origin that is not the studio", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.stop());

  it("is noticed by no listener, and the origin comes back slicing alike", { timeout: PATIENCE_MS }, async () => {
    const [studio, slicer] = [await studioOf(stack), await slicerOf(stack)];
    const check = followStream(stack.playlistUrl());
    const ffmpeg = listenWithFfmpeg(stack.playlistUrl());
    const audience = await gather([ffmpeg, listenWithHlsJs(stack.playlistUrl())]);
    await expect.poll(() => audience.behind(3), { timeout: 20_000 }).toEqual([]);

    const killed = await stack.pid(slicer.id);
    const before = (await reportOf(slicer))?.published ?? 0;
    expect(before).toBeGreaterThan(0);
    await stack.kill(slicer.id, "SIGKILL");
    await expect.poll(() => stack.pid(slicer.id).catch(() => killed), { timeout: 10_000 }).not.toBe(killed);
    await expect
      .poll(async () => (await reportOf(slicer))?.published ?? 0, { timeout: 30_000 })
      .toBeGreaterThan(before);

    const hashes: Hashes = new Map();
    await expect
      .poll(
        async () => {
          for (const { httpUrl } of [studio, slicer]) await collectHashes(hashes, httpUrl, STATION);
          return compareHashes(hashes).common.length;
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBeGreaterThanOrEqual(4);
    await expect
      .poll(() => audience.behind(LISTENING_SECONDS), { timeout: LISTENING_SECONDS * 1000 + 30_000 })
      .toEqual([]);
    expect(disturbances(await audience.stop())).toEqual([]);
    await (await ffmpeg).discard();
    expect((await check.stop()).problems).toEqual([]);
    expect(compareHashes(hashes).different).toEqual([]);
  });
});
