import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { pause } from "../../kit/loop.ts";
import { readOperationCounts } from "../harness/faults.ts";
import { PATIENCE_MS } from "../harness/lengths.ts";
import type { Stack } from "../harness/stack.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

const CHANGED = "origin-2";
const WITHIN_MS = 5000;
/** Some 12 numbers; of each, one origin in three is asked. */
const WATCHED_SECONDS = 40;

describe("an origin's weight", () => {
  let stack: Stack;
  let vigil: Vigil;
  beforeAll(async () => {
    const fleet = await startListenedFleet({ faults: true });
    ({ stack, vigil } = fleet);
    return fleet.stop;
  });

  const asked = async () => (await readOperationCounts(stack.edgeUrl))[`segments of ${CHANGED}`] ?? 0;
  const setWeight = (weight: number) => stack.api(z.unknown(), "PATCH", `/api/v1/origins/${CHANGED}`, { weight });

  it("of 0 takes all traffic from it within 5 s, without an error, and its old weight brings it back", {
    timeout: PATIENCE_MS,
  }, async () => {
    await expect.poll(asked, { timeout: WATCHED_SECONDS * 1000 }).toBeGreaterThan(0);
    await setWeight(0);
    // The five seconds of the promise.
    await pause(WITHIN_MS);
    const before = await asked();
    await vigil.hearOn(WATCHED_SECONDS);
    expect(await asked()).toBe(before);
    await setWeight(100);
    await expect.poll(asked, { timeout: WATCHED_SECONDS * 1000 }).toBeGreaterThan(before);
    expect(await vigil.hearThisMoment()).toEqual([]);
  });
});
