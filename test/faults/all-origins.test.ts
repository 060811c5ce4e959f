import { beforeAll, describe, expect, it } from "vitest";
import { NowJson } from "../../contracts/now-json.ts";
import { fleetIsActive } from "../harness/fleet.ts";
import { FAULT_SECONDS, PATIENCE_MS } from "../harness/lengths.ts";
import { STATION, type Stack } from "../harness/stack.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

const REEL = "We will be right back";
/** One target duration and the reading of the indexes after the next number was due. */
const REEL_MS = 10_000;

describe("all origins at once", () => {
  let stack: Stack;
  let vigil: Vigil;
  beforeAll(async () => {
    const fleet = await startListenedFleet();
    ({ stack, vigil } = fleet);
    return fleet.stop;
  });

  const onAir = async () => {
    const response = await fetch(`${stack.edgeUrl}/${STATION}/now.json`, { signal: AbortSignal.timeout(5000) });
    return NowJson.parse(await response.json()).now?.title;
  };

  it("frozen, the reel is heard for as long as it takes, and then the programme, without a break", {
    timeout: PATIENCE_MS,
  }, async () => {
    await Promise.all(stack.origins.map(({ id }) => stack.freeze(id)));
    await expect.poll(onAir, { timeout: REEL_MS, interval: 200 }).toBe(REEL);
    await vigil.hearOn(FAULT_SECONDS);
    expect(await onAir()).toBe(REEL);
    await Promise.all(stack.origins.map(({ id }) => stack.thaw(id)));
    await expect.poll(onAir, { timeout: 30_000, interval: 200 }).not.toBe(REEL);
    expect(await vigil.hearThisMoment()).toEqual([]);
    await fleetIsActive(stack);
    expect(await vigil.hearThisMoment()).toEqual([]);
  });

  it("killed by -9, the reel bridges the time until they are back", { timeout: PATIENCE_MS }, async () => {
    await Promise.all(stack.origins.map(({ id }) => stack.kill(id, "SIGKILL")));
    expect(await vigil.hearThisMoment()).toEqual([]);
    await fleetIsActive(stack);
    await expect.poll(onAir, { timeout: 30_000, interval: 200 }).not.toBe(REEL);
    expect(await vigil.hearThisMoment()).toEqual([]);
  });
});
