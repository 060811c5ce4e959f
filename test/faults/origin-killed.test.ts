import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleetIsActive, incidentsSince, startFleet } from "../harness/fleet.ts";
import { PATIENCE_MS } from "../harness/lengths.ts";
import type { Stack } from "../harness/stack.ts";
import { slicerOf, studioOf } from "../harness/station.ts";
import { keepVigil } from "../harness/vigil.ts";

describe("kill -9", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startFleet();
  });
  afterAll(() => stack.stop());

  it.each([
    { who: "the studio", choose: async () => [await studioOf(stack)] },
    { who: "a slicer", choose: async () => [await slicerOf(stack)] },
    { who: "the studio and a slicer", choose: async () => [await studioOf(stack), await slicerOf(stack)] },
  ])("of $who is noticed by no listener", { timeout: PATIENCE_MS }, async ({ choose }) => {
    const origins = await choose();
    const since = Date.now();
    const vigil = await keepVigil(stack);
    for (const { id } of origins) await stack.kill(id, "SIGKILL");
    await vigil.hearThisMoment();
    await fleetIsActive(stack);
    await vigil.hearThisMoment();
    const problems = await vigil.end();
    console.log((await incidentsSince(stack, since)).map((i) => `${i.at - since} ${i.origin} ${i.kind}: ${i.message}`).join("\n"));
    expect(problems).toEqual([]);
  });
});
