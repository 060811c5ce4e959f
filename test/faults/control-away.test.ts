import { beforeAll, describe, expect, it } from "vitest";
import { pause } from "../../kit/loop.ts";
import { evictMonitor, setControlFaults } from "../harness/control-faults.ts";
import { fleetIsActive, originsOf } from "../harness/fleet.ts";
import { DATABASE_OUTAGE_SECONDS, FAULT_SECONDS, PATIENCE_MS } from "../harness/lengths.ts";
import type { Stack } from "../harness/stack.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

describe("control that is not itself", () => {
  let stack: Stack;
  let vigil: Vigil;
  beforeAll(async () => {
    const fleet = await startListenedFleet({ env: { CONTROL_ENTRY: "test/harness/faulty-control/main.ts" } });
    ({ stack, vigil } = fleet);
    return fleet.stop;
  });

  it.each([
    { what: "that gives no answer", seconds: FAULT_SECONDS, faults: { control: "hang" as const } },
    { what: "that answers with errors", seconds: FAULT_SECONDS, faults: { control: "fail" as const } },
    { what: "whose D1 answers with errors", seconds: DATABASE_OUTAGE_SECONDS, faults: { database: "fail" as const } },
    { what: "whose D1 gives no answer", seconds: FAULT_SECONDS, faults: { database: "hang" as const } },
  ])(
    "$what for a while is noticed by no listener, and evicts nobody afterwards",
    { timeout: PATIENCE_MS },
    async ({ seconds, faults }) => {
      const before = await originsOf(stack);
      await setControlFaults(stack.controlUrl, faults);
      // The fault itself: not a wait for something, but the something.
      await pause(seconds * 1000);
      await setControlFaults(stack.controlUrl, {});
      await vigil.hearThisMoment();
      await fleetIsActive(stack);
      expect(await vigil.hearThisMoment()).toEqual([]);
      const evictions = (await originsOf(stack)).map((origin) => origin.evictions);
      expect(evictions).toEqual(before.map((origin) => origin.evictions));
    },
  );

  it("whose Durable Object is evicted goes on without it being noticed", { timeout: PATIENCE_MS }, async () => {
    for (let times = 0; times < 3; times++) {
      await evictMonitor(stack.controlUrl);
      await vigil.hearOn(3);
    }
    await fleetIsActive(stack);
    expect(await vigil.hearThisMoment()).toEqual([]);
  });
});
