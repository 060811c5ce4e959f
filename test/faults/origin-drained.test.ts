import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { readOperationCounts } from "../harness/faults.ts";
import { fleetIsActive, incidentsSince, originsOf } from "../harness/fleet.ts";
import { PATIENCE_MS } from "../harness/lengths.ts";
import type { Stack } from "../harness/stack.ts";
import { studioOf } from "../harness/station.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

const ACCEPTED_MS = 5000;
/** In place of a minute and a half. */
const QUICKLY = { drainMs: 15_000 };

describe("the drain of an origin", () => {
  let stack: Stack;
  let vigil: Vigil;
  beforeAll(async () => {
    const fleet = await startListenedFleet({ faults: true });
    ({ stack, vigil } = fleet);
    await stack.api(z.unknown(), "PATCH", "/api/v1/policy", QUICKLY);
    return fleet.stop;
  });

  it("that is the studio fails no request: another takes over, nobody is sent there, and readmission brings it back", {
    timeout: PATIENCE_MS,
  }, async () => {
    const since = Date.now();
    const { id } = await studioOf(stack);
    const asked = async () => (await readOperationCounts(stack.edgeUrl))[`segments of ${id}`] ?? 0;
    const state = async () => (await originsOf(stack)).find((origin) => origin.id === id)?.state;
    await stack.api(z.unknown(), "POST", `/api/v1/origins/${id}/drain`);
    await expect.poll(async () => (await studioOf(stack)).id, { timeout: ACCEPTED_MS }).not.toBe(id);
    await vigil.hearOn(3);
    const before = await asked();
    await expect.poll(state, { timeout: 30_000, interval: 500 }).toBe("evicted");
    expect(await vigil.hearThisMoment()).toEqual([]);
    expect(await asked()).toBe(before);
    await stack.api(z.unknown(), "POST", `/api/v1/origins/${id}/readmit`);
    await fleetIsActive(stack);
    expect(await vigil.hearThisMoment()).toEqual([]);
    const kinds = (await incidentsSince(stack, since)).filter(({ origin }) => origin === id).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(["origin-readmitted"]));
  });
});
