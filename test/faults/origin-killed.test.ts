import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleetIsActive, startFleet } from "../harness/fleet.ts";
import { PATIENCE_MS } from "../harness/lengths.ts";
import type { Stack } from "../harness/stack.ts";
import { slicerOf, studioOf } from "../harness/station.ts";
import { keepVigil, type Vigil } from "../harness/vigil.ts";

describe("kill -9", () => {
  let stack: Stack;
  let vigil: Vigil;
  beforeAll(async () => {
    stack = await startFleet();
    vigil = await keepVigil(stack);
  });
  afterAll(async () => {
    await vigil.stop();
    await stack.stop();
  });

  it.each([
    { who: "the studio", choose: async () => [await studioOf(stack)] },
    { who: "a slicer", choose: async () => [await slicerOf(stack)] },
    { who: "the studio and a slicer", choose: async () => [await studioOf(stack), await slicerOf(stack)] },
  ])("of $who is noticed by no listener", { timeout: PATIENCE_MS }, async ({ choose }) => {
    for (const { id } of await choose()) await stack.kill(id, "SIGKILL");
    expect(await vigil.hearThisMoment()).toEqual([]);
    await fleetIsActive(stack);
    expect(await vigil.hearThisMoment()).toEqual([]);
  });
});
