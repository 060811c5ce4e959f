import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pause } from "../../kit/loop.ts";
import { disturbances, gather } from "../harness/audience.ts";
import { BUCKET_OPERATIONS, readOperationCounts, setBucketFaults } from "../harness/faults.ts";
import { OUTAGE_SECONDS, PATIENCE_MS } from "../harness/lengths.ts";
import { listenWithFfmpeg } from "../harness/listeners/ffmpeg-listener.ts";
import { listenWithHlsJs } from "../harness/listeners/hls-js.ts";
import { type Stack, startStack } from "../harness/stack.ts";
import { reportOf, studioOf } from "../harness/station.ts";
import { followStream } from "../harness/stream-check.ts";

/** The outages of 2025: of 6 February, and of 21 March. */
const OUTAGES: { what: string; faults: Parameters<typeof setBucketFaults>[1] }[] = [
  { what: "every operation", faults: [{ operations: [...BUCKET_OPERATIONS], kind: "fail" }] },
  {
    what: "all writes and 35 of 100 reads",
    faults: [
      { operations: ["put", "delete"], kind: "fail" },
      { operations: ["get", "head", "list"], kind: "fail", share: 0.35 },
    ],
  },
];

describe(`R2 failing for ${OUTAGE_SECONDS} s`, () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ faults: true });
  });
  afterAll(() => stack.stop());

  it.each(OUTAGES)(
    "at $what is noticed by no listener, and what waited is uploaded afterwards",
    {
      timeout: PATIENCE_MS,
    },
    async ({ faults }) => {
      const studio = await studioOf(stack);
      const check = followStream(stack.playlistUrl());
      const ffmpeg = listenWithFfmpeg(stack.playlistUrl());
      const audience = await gather([ffmpeg, listenWithHlsJs(stack.playlistUrl())]);
      await expect.poll(() => audience.behind(3), { timeout: 20_000 }).toEqual([]);

      const before = await readOperationCounts(stack.edgeUrl);
      await setBucketFaults(stack.edgeUrl, faults);
      // The outage itself: not a wait for something, but the something.
      await pause(OUTAGE_SECONDS * 1000);
      const queued = (await reportOf(studio))?.queued ?? 0;
      const during = await readOperationCounts(stack.edgeUrl);
      await setBucketFaults(stack.edgeUrl, []);
      expect(during.put ?? 0).toBeGreaterThan(before.put ?? 0);
      expect(queued).toBeGreaterThan(0);

      await expect.poll(async () => (await reportOf(studio))?.queued, { timeout: 30_000 }).toBe(0);
      const soFar = Math.max(...audience.heard().map(({ seconds }) => seconds));
      await expect.poll(() => audience.behind(soFar + 12), { timeout: 40_000 }).toEqual([]);
      expect(disturbances(await audience.stop())).toEqual([]);
      await (await ffmpeg).discard();
      expect((await check.stop()).problems).toEqual([]);
    },
  );
});
