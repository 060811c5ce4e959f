import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { median } from "../harness/audio/level.ts";
import { setBucketFaults } from "../harness/faults.ts";
import { fleetIsActive, incidentsSince, startFleet } from "../harness/fleet.ts";
import { EVICTED_AT_ONCE, EVICTION_ROUNDS, PATIENCE_MS } from "../harness/lengths.ts";
import { STATION, type Stack } from "../harness/stack.ts";
import { studioOf } from "../harness/station.ts";

type Kind = keyof typeof EVICTED_AT_ONCE;
/** What befalls the origins of each round, all at once. */
const ROUND = (Object.entries(EVICTED_AT_ONCE) as [Kind, number][]).flatMap(([kind, times]) =>
  Array.from({ length: times }, () => kind),
);
/** The studio, and one whose audio is fresh. */
const SPARED = 2;
const BOUND_SECONDS: { [kind in Kind]: number } = { dead: 5, frozen: 10, stale: 10 };
const EVICTED_MS = 30_000;
/** What a busy machine may add to a bound, in a test that is not a benchmark. */
const MARGIN = 1.5;

describe("from fault to eviction", () => {
  let stack: Stack;
  const took: { [kind in Kind]: number[] } = { dead: [], frozen: [], stale: [] };
  beforeAll(async () => {
    stack = await startFleet({ origins: ROUND.length + SPARED, network: true, faults: true });
    // So many at once as no real fleet would let go.
    await stack.api(z.unknown(), "PATCH", "/api/v1/policy", { evictShare: 1 });
  });
  afterAll(() => stack.stop());

  type Victim = { kind: Kind; id: string };
  const begin = async (victims: readonly Victim[]) => {
    const stale = victims.filter(({ kind }) => kind === "stale").map(({ id }) => `live/${STATION}/${id}/`);
    await Promise.all([
      setBucketFaults(
        stack.edgeUrl,
        stale.map((prefix) => ({ operations: ["put"], prefix, kind: "fail" })),
      ),
      ...victims.filter(({ kind }) => kind === "dead").map(({ id }) => stack.network.cut(id)),
      ...victims.filter(({ kind }) => kind === "frozen").map(({ id }) => stack.freeze(id)),
    ]);
  };
  const end = async (victims: readonly Victim[]) => {
    await setBucketFaults(stack.edgeUrl, []);
    for (const { kind, id } of victims) {
      if (kind === "dead") await stack.network.heal(id);
      if (kind === "frozen") await stack.thaw(id);
    }
  };

  it(`it takes at most 5 s for the dead and 10 s for the frozen and the stale, in 95 of 100 cases`, {
    timeout: PATIENCE_MS,
  }, async () => {
    for (let round = 0; round < EVICTION_ROUNDS; round++) {
      const studio = await studioOf(stack);
      const others = stack.origins.filter(({ id }) => id !== studio.id);
      const victims = ROUND.map((kind, place) => ({ kind, id: others[place]?.id ?? "" }));
      const since = Date.now();
      await begin(victims);
      const evictions = await vi.waitFor(
        async () => {
          const found = await incidentsSince(stack, since, "origin-evicted");
          expect(found.length).toBeGreaterThanOrEqual(victims.length);
          return found;
        },
        { timeout: EVICTED_MS, interval: 500 },
      );
      for (const { kind, id } of victims) {
        const at = evictions.find(({ origin }) => origin === id)?.at ?? Number.POSITIVE_INFINITY;
        took[kind].push((at - since) / 1000);
      }
      await end(victims);
      await fleetIsActive(stack);
    }
    for (const [kind, seconds] of Object.entries(took) as [Kind, number[]][]) {
      const sorted = seconds.toSorted((one, other) => one - other);
      const high = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
      const words = `${sorted.length} runs: median ${median(sorted).toFixed(1)} s, 95 of 100 within ${high.toFixed(1)} s`;
      console.info(`From fault to eviction, ${kind}, ${words} (at most ${BOUND_SECONDS[kind]} s).`);
      expect(high).toBeLessThan(BOUND_SECONDS[kind] * MARGIN);
    }
  });
});
