import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { ROUTING_KEY, Routing } from "../../contracts/routing.ts";
import { createLog } from "../../kit/log.ts";
import { incidents } from "../db/schema.ts";
import { moveOrigin } from "../registry/move-origin.ts";
import { DEFAULT_HEALTH_POLICY as policy } from "./health-policy.ts";
import type { TestFleet } from "./test-fleet.ts";
import { pass, routed, stateOf, storyOf, without, withThree } from "./test-pass.ts";

const alice = (world: TestFleet) => ({
  db: world.db,
  clock: world.clock,
  log: createLog({ write: () => {} }),
  actor: "admin alice",
});
const weightOf = async (origin: string) =>
  Routing.parse(await (await env.MEDIA.get(ROUTING_KEY))?.json()).stations.demo?.slicers.find(
    (slicer) => slicer.origin === origin,
  )?.weight;

describe("an origin that was readmitted", () => {
  it(
    "comes back by and by: a tenth of its weight at first, all of it after the ramp",
    withThree(async (world, nodes) => {
      await pass(world, 6000, without(nodes, "origin-3"));
      await pass(world, 28_000, nodes);
      expect([await stateOf(world, "origin-3"), await weightOf("origin-3")]).toEqual(["active", 10]);
      await pass(world, policy.rampMs / 2, nodes);
      expect(await weightOf("origin-3")).toBe(60);
      expect(await weightOf("origin-1")).toBe(100);
      await pass(world, policy.rampMs / 2, nodes);
      expect(await weightOf("origin-3")).toBe(100);
    }),
    60_000,
  );

  it(
    "and relapses waits longer the second time",
    withThree(async (world, nodes) => {
      const cycle = async () => {
        await pass(world, 6000, without(nodes, "origin-3"));
        expect(await stateOf(world, "origin-3")).toBe("evicted");
      };
      await cycle();
      await pass(world, 30_000, nodes);
      expect(await stateOf(world, "origin-3")).toBe("active");
      await cycle();
      await pass(world, 50_000, nodes);
      expect(await stateOf(world, "origin-3")).toBe("evicted");
      await pass(world, 35_000, nodes);
      expect(await stateOf(world, "origin-3")).toBe("active");
    }),
    60_000,
  );
});

describe("an origin that an admin drains", () => {
  it(
    "is routed at weight 0 at once, goes on slicing until no playlist names its segments, and is out then",
    withThree(async (world, nodes) => {
      await moveOrigin(alice(world), "origin-2", "drain", world.fleet.standIns("origin-2"));
      await world.fleet.refresh();
      expect(await weightOf("origin-2")).toBe(0);
      await pass(world, policy.drainMs - 2000, nodes);
      expect([await stateOf(world, "origin-2"), await weightOf("origin-2")]).toEqual(["draining", 0]);
      await pass(world, 3000, nodes);
      expect(await stateOf(world, "origin-2")).toBe("evicted");
      expect(await routed()).toEqual(["origin-1", "origin-3"]);
      await pass(world, 60_000, nodes);
      expect(await stateOf(world, "origin-2")).toBe("evicted");
      expect((await storyOf(world, "origin-2")).slice(-2)).toEqual(["origin-draining", "origin-drained"]);

      await moveOrigin(alice(world), "origin-2", "readmit", world.fleet.standIns("origin-2"));
      await pass(world, 25_000, nodes);
      expect(await stateOf(world, "origin-2")).toBe("active");
      const [called] = (await world.db.select().from(incidents)).filter(({ kind }) => kind === "origin-called-back");
      expect(called).toMatchObject({ actor: "admin alice", origin: "origin-2", message: "by hand, from evicted" });
    }),
    60_000,
  );
});
