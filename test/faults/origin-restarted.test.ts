import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectHashes, compareHashes, type Hashes } from "../harness/hash-compare.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { reportOf, slicerOf, studioOf } from "../harness/station.ts";
import { followStream, type StreamCheck } from "../harness/stream-check.ts";

describe("the restart of an origin", () => {
  let stack: Stack;
  let check: StreamCheck;
  const hashes: Hashes = new Map();

  beforeAll(async () => {
    stack = await startStack();
    check = followStream(stack.playlistUrl());
  });
  afterAll(async () => {
    await check.stop();
    await stack.stop();
  });

  it.each([
    { who: "the slicer", choose: slicerOf },
    { who: "the studio", choose: studioOf },
  ])("that is $who leaves all segments alike that both have, and none out", async ({ choose }) => {
    const origin = await choose(stack);
    for (const { httpUrl } of stack.origins) await collectHashes(hashes, httpUrl, STATION);
    const before = (await reportOf(origin))?.published ?? 0;
    const pid = await stack.pid(origin.id);
    await stack.kill(origin.id, "SIGTERM");
    await expect.poll(() => stack.pid(origin.id).catch(() => pid), { timeout: 20_000 }).not.toBe(pid);
    await expect
      .poll(async () => (await reportOf(origin))?.published ?? 0, { timeout: 40_000 })
      .toBeGreaterThan(before + 1);
    await expect
      .poll(
        async () => {
          for (const { httpUrl } of stack.origins) await collectHashes(hashes, httpUrl, STATION);
          return compareHashes(hashes).common.filter((name) => Number(name.split("/")[1]) > before + 2).length;
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBeGreaterThan(0);
    expect(compareHashes(hashes).different).toEqual([]);
    await check.reached(before + 3);
    expect(check.report.problems).toEqual([]);
  });
});
