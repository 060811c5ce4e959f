import { beforeAll, describe, expect, it } from "vitest";
import { fleetIsActive, incidentsSince, originsOf } from "../harness/fleet.ts";
import { PATIENCE_MS } from "../harness/lengths.ts";
import { LIES, type Liar, startLiar } from "../harness/liar.ts";
import type { Stack } from "../harness/stack.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

const LYING = "origin-3";
/** Two odd segments, or two that do not come, and what it takes to see it. */
const FOUND_OUT_MS = 30_000;

describe("an origin that uploads", () => {
  let liar: Liar;
  let stack: Stack;
  let vigil: Vigil;
  beforeAll(async () => {
    liar = await startLiar();
    const fleet = await startListenedFleet({
      places: ({ edgeUrl }) => {
        liar.aim(edgeUrl);
        return { [LYING]: { environment: { EDGE_URL: liar.url } } };
      },
    });
    ({ stack, vigil } = fleet);
    return async () => {
      await fleet.stop();
      await liar.close();
    };
  });

  it.each(LIES)(
    "%s is found out and evicted before a listener is disturbed, and readmitted when it is honest",
    {
      timeout: PATIENCE_MS,
    },
    async (lie) => {
      const since = Date.now();
      liar.tell(lie);
      const state = async () => (await originsOf(stack)).find(({ id }) => id === LYING)?.state;
      await expect.poll(state, { timeout: FOUND_OUT_MS, interval: 500 }).toMatch(/evicted|trial|reprovisioning/);
      liar.tell(null);
      await fleetIsActive(stack);
      expect(await vigil.hearThisMoment()).toEqual([]);
      const story = (await incidentsSince(stack, since)).filter(({ origin }) => origin === LYING);
      expect(story.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["origin-evicted", "origin-readmitted"]));
    },
  );
});
