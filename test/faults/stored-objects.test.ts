import { beforeAll, describe, expect, it } from "vitest";
import { pause } from "../../kit/loop.ts";
import { setBucketFaults } from "../harness/faults.ts";
import { FAULT_SECONDS, PATIENCE_MS } from "../harness/lengths.ts";
import { STATION, type Stack } from "../harness/stack.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

describe("objects in R2", () => {
  let stack: Stack;
  let vigil: Vigil;
  beforeAll(async () => {
    const fleet = await startListenedFleet({ faults: true });
    ({ stack, vigil } = fleet);
    return fleet.stop;
  });

  const objects = [
    { name: "the routing", prefix: "routing/" },
    { name: "one origin's index", prefix: `live/${STATION}/origin-1/index.json` },
    { name: "one origin's segments", prefix: `live/${STATION}/origin-1/aac` },
    { name: "all that origins have put there", prefix: "live/" },
  ];
  const kinds = [
    { is: "missing", kind: "lose" as const },
    { is: "corrupt", kind: "garble" as const },
  ];
  it.each(objects.flatMap((object) => kinds.map((kind) => ({ ...object, ...kind }))))(
    "$name: when it is $is no listener notices",
    { timeout: PATIENCE_MS },
    async ({ prefix, kind }) => {
      await setBucketFaults(stack.edgeUrl, [{ operations: ["get"], prefix, kind }]);
      // The fault itself: not a wait for something, but the something.
      await pause(FAULT_SECONDS * 1000);
      const problems = await vigil.hearThisMoment();
      await setBucketFaults(stack.edgeUrl, []);
      expect(problems).toEqual([]);
    },
  );
});
