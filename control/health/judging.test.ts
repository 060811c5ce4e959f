import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { indexKey } from "../../contracts/storage.ts";
import { segmentAt } from "../../contracts/timeline.ts";
import { createLog } from "../../kit/log.ts";
import { incidents, origins, settings } from "../db/schema.ts";
import { loadRegistry } from "../registry/load-registry.ts";
import { applyTransition } from "./apply-transition.ts";
import { DEFAULT_HEALTH_POLICY as policy } from "./health-policy.ts";
import type { TestFleet } from "./test-fleet.ts";
import {
  type Behaviour,
  type Behaviours,
  changed,
  pass,
  routed,
  stateOf,
  storyOf,
  without,
  withThree,
} from "./test-pass.ts";

describe("an origin", () => {
  it(
    "that is well stays, and costs D1 nothing but the reading anew",
    withThree(async (world, nodes) => {
      world.database.calls = 0;
      await pass(world, 20_000, nodes);
      for (const id of Object.keys(nodes)) expect(await stateOf(world, id)).toBe("active");
      expect(world.database.calls).toBeLessThan(30);
    }),
  );

  it(
    "that dies is out within five seconds, and the story says so in order",
    withThree(async (world, nodes) => {
      await pass(world, 5000, without(nodes, "origin-3"));
      expect(await stateOf(world, "origin-3")).toBe("evicted");
      expect(await routed()).toEqual(["origin-1", "origin-2"]);
      expect((await storyOf(world, "origin-3")).slice(-2)).toEqual(["origin-suspected", "origin-evicted"]);
    }),
  );

  it.each<[string, Partial<Behaviour>]>([
    ["freezes but for its heartbeats", { isStale: true }],
    ["uploads other bytes than its peers", { hash: "garbage" }],
    ["uploads silence that its peers do not have", { rms: -120, generation: 7 }],
    ["gives up itself", { rung: "report" }],
  ])("that %s is out within ten seconds", async (_title, parts) => {
    await withThree(async (world, nodes) => {
      await pass(world, 10_000, changed(nodes, "origin-2", parts));
      expect(await stateOf(world, "origin-2")).toBe("evicted");
      expect([await stateOf(world, "origin-1"), await stateOf(world, "origin-3")]).toEqual(["active", "active"]);
    })();
  });

  it(
    "whose heartbeats alone are lost is suspect, and cleared when they are back",
    withThree(async (world, nodes) => {
      await pass(world, 10_000, changed(nodes, "origin-2", { isMute: true }));
      expect(await stateOf(world, "origin-2")).toBe("suspect");
      await pass(world, policy.clearMs + 1000, nodes);
      expect((await storyOf(world, "origin-2")).slice(-2)).toEqual(["origin-suspected", "origin-cleared"]);
    }),
  );

  it(
    "that is new is on trial, not routed, and admitted after five segments of its own",
    withThree(async (world, nodes) => {
      await env.MEDIA.delete(indexKey("demo", "origin-4"));
      const all = { ...nodes, "origin-4": { node: await world.enrol("origin-4") } };
      expect(await stateOf(world, "origin-4")).toBe("trial");
      await pass(world, 15_000, all);
      expect(await stateOf(world, "origin-4")).toBe("trial");
      expect(await routed()).not.toContain("origin-4");
      await pass(world, 6000, all);
      expect(await stateOf(world, "origin-4")).toBe("active");
      expect(await routed()).toContain("origin-4");
      expect((await storyOf(world, "origin-4")).slice(-3)).toEqual([
        "origin-on-trial",
        "origin-proven",
        "origin-readmitted",
      ]);
    }),
  );

  it(
    "that cannot prove itself fails three tries and is never routed",
    withThree(async (world, nodes) => {
      await world.db.insert(settings).values({ name: "health-policy", value: { relapseWaitMs: 1000 }, updatedAt: 0 });
      const all = { ...nodes, "origin-4": { node: await world.enrol("origin-4"), hash: "garbage" } };
      for (let minute = 0; minute < 4; minute++) {
        await pass(world, 60_000, all);
        expect(await routed()).not.toContain("origin-4");
      }
      expect(await stateOf(world, "origin-4")).toBe("failed");
      const story = await storyOf(world, "origin-4");
      expect(story.filter((kind) => kind === "trial-failed")).toHaveLength(3);
      expect(story.filter((kind) => kind === "origin-failed")).toHaveLength(1);
    }),
    120_000,
  );
});

describe("an origin's index", () => {
  const withoutIndex = (world: TestFleet, nodes: Behaviours, ms: number) =>
    pass(world, ms, changed(nodes, "origin-3", { isStale: true }));

  it.each([
    ["is missing", () => env.MEDIA.delete(indexKey("demo", "origin-3"))],
    ["is corrupt", () => env.MEDIA.put(indexKey("demo", "origin-3"), '{"version":1,"stat')],
  ])("that %s since control started is judged late once the grace is over, and not before", async (_title, harm) => {
    await withThree(async (world, nodes) => {
      await harm();
      world.restart();
      await withoutIndex(world, nodes, policy.graceMs);
      expect(await stateOf(world, "origin-3")).toBe("active");
      await withoutIndex(world, nodes, policy.frozenLateMs + 3000);
      expect(await storyOf(world, "origin-3")).toContain("origin-evicted");
      expect([await stateOf(world, "origin-1"), await stateOf(world, "origin-2")]).toEqual(["active", "active"]);
    })();
  });

  it(
    "that is stale in R2 speaks against the origin, though the edge gets its segments from the origin itself",
    withThree(async (world, nodes) => {
      world.eyes = { look: async () => {}, newest: () => segmentAt(world.clock.now(), 150) - 1 };
      await withoutIndex(world, nodes, 15_000);
      expect(await stateOf(world, "origin-3")).toBe("evicted");
    }),
  );

  it(
    "that R2 shows is enough: an edge that is away, or sees nothing, speaks against nobody",
    withThree(async (world, nodes) => {
      const first = segmentAt(world.clock.now(), 150);
      world.eyes = { look: async () => {}, newest: (_station, origin) => (origin === "origin-3" ? first - 1 : null) };
      await pass(world, 15_000, nodes);
      for (const id of Object.keys(nodes)) expect(await stateOf(world, id)).toBe("active");
    }),
  );

  it(
    "that control cannot read is known by what the edge says, and who falls behind there is out",
    withThree(async (world, nodes) => {
      const frozenAt = segmentAt(world.clock.now(), 150) - 1;
      const present = () => segmentAt(world.clock.now(), 150) - 1;
      world.eyes = { look: async () => {}, newest: (_station, id) => (id === "origin-3" ? frozenAt : present()) };
      world.bucket.failing = "get";
      await pass(world, 15_000, nodes);
      expect(await storyOf(world, "origin-3")).toContain("origin-evicted");
      expect([await stateOf(world, "origin-1"), await stateOf(world, "origin-2")]).toEqual(["active", "active"]);
    }),
  );
});

describe("a fleet", () => {
  it(
    "of which two of three die at once goes on with the third",
    withThree(async (world, nodes) => {
      await pass(world, 7000, without(nodes, "origin-1", "origin-2"));
      expect(await routed()).toEqual(["origin-3"]);
      await pass(world, 70_000, {});
      expect(await stateOf(world, "origin-3")).not.toBe("evicted");
      expect(await routed()).toEqual(["origin-3"]);
    }),
  );

  it(
    "that nobody hears any more is not judged: the fault is control's own",
    withThree(async (world) => {
      await pass(world, 60_000, {});
      for (const id of ["origin-1", "origin-2", "origin-3"]) expect(await stateOf(world, id)).toBe("active");
    }),
  );

  it(
    "is not judged by indexes that R2 does not give",
    withThree(async (world, nodes) => {
      world.bucket.broken = true;
      await pass(world, 30_000, nodes);
      for (const id of ["origin-1", "origin-2", "origin-3"]) expect(await stateOf(world, id)).toBe("active");
    }),
  );

  it(
    "is not judged at once when control was away",
    withThree(async (world, nodes) => {
      world.clock.advance(60_000);
      await pass(world, policy.graceMs - 1000, without(nodes, "origin-3"));
      expect(await stateOf(world, "origin-3")).toBe("active");
      await pass(world, 5000, without(nodes, "origin-3"));
      expect(await stateOf(world, "origin-3")).toBe("evicted");
    }),
  );

  it(
    "loses no more than the policy's share within the window",
    withThree(async (world, nodes) => {
      await world.db.insert(settings).values({ name: "health-policy", value: { evictShare: 0.1 }, updatedAt: 0 });
      await world.fleet.refresh();
      await pass(world, 20_000, without(nodes, "origin-1", "origin-2"));
      const states = [await stateOf(world, "origin-1"), await stateOf(world, "origin-2")];
      expect(states.toSorted()).toEqual(["evicted", "suspect"]);
      const held = (await world.db.select().from(incidents)).filter(({ kind }) => kind === "eviction-held");
      expect(held).toHaveLength(1);
      await pass(world, policy.evictWindowMs, without(nodes, "origin-1", "origin-2"));
      expect([await stateOf(world, "origin-1"), await stateOf(world, "origin-2")]).toEqual(["evicted", "evicted"]);
    }),
  );
});

describe("a transition", () => {
  const setUp = async (world: TestFleet) => {
    const context = { db: world.db, clock: world.clock, log: createLog({ write: () => {} }), actor: "control" };
    const registry = await loadRegistry(world.db);
    const move = (id: string, covers: string[][]) => {
      const origin = registry.origins.find((candidate) => candidate.id === id);
      if (!origin) throw new Error(`no ${id}`);
      return applyTransition(context, origin, { to: "evicted", reason: "a race" }, covers, policy);
    };
    return { move };
  };
  const raced = async (world: TestFleet) =>
    (await world.db.select().from(incidents)).filter(({ message }) => message === "a race");

  it(
    "is written once when two sweeps decide upon it, with its incidents once",
    withThree(async (world) => {
      const { move } = await setUp(world);
      const won = await Promise.all([move("origin-1", [["origin-2"]]), move("origin-1", [["origin-2"]])]);
      expect(won.toSorted()).toEqual([false, true]);
      expect((await raced(world)).map(({ kind }) => kind).toSorted()).toEqual(["origin-evicted", "origin-suspected"]);
    }),
  );

  it(
    "does not take both of the last two, each of which counts on the other",
    withThree(async (world) => {
      const { move } = await setUp(world);
      const won = await Promise.all([move("origin-1", [["origin-2"]]), move("origin-2", [["origin-1"]])]);
      expect(won.toSorted()).toEqual([false, true]);
      expect(await raced(world)).toHaveLength(2);
    }),
  );

  it(
    "is not written when one of its stations would be left without",
    withThree(async (world) => {
      const { move } = await setUp(world);
      expect(await move("origin-1", [["origin-2"], []])).toBe(false);
      expect(await stateOf(world, "origin-1")).toBe("active");
    }),
  );
});

describe("a transition that D1 wrote without an answer", () => {
  it(
    "is found out and not taken for one that was held back",
    withThree(async (world, nodes) => {
      await world.db.update(origins).set({ state: "draining", stateSince: 1 }).where(eq(origins.id, "origin-3"));
      await pass(world, 5000, without(nodes, "origin-3"));
      expect(await storyOf(world, "origin-3")).not.toContain("eviction-held");
      await pass(world, 3000, without(nodes, "origin-3"));
      expect(await stateOf(world, "origin-3")).toBe("evicted");
    }),
  );
});
