import { asc, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { evictionSteps, origins } from "../db/schema.ts";
import { moveOrigin } from "../registry/move-origin.ts";
import type { TestFleet } from "./test-fleet.ts";
import { type Behaviours, pass, stateOf, storyOf, without, withThree } from "./test-pass.ts";

const stepsOf = (world: TestFleet, origin: string) =>
  world.db
    .select()
    .from(evictionSteps)
    .where(eq(evictionSteps.origin, origin))
    .orderBy(asc(evictionSteps.evictedAt), asc(evictionSteps.position));
const outcomesOf = async (world: TestFleet, origin: string) =>
  (await stepsOf(world, origin)).map(({ step, outcome, endedAt }) => [step, endedAt === null ? "open" : outcome]);

/** Long enough for the dead to be found out. */
const die = (world: TestFleet, nodes: Behaviours, id: string) => pass(world, 6000, without(nodes, id));

describe("an eviction", () => {
  it(
    "goes through its steps in order, and says what it did",
    withThree(async (world, nodes) => {
      const done: string[] = [];
      world.cdn.tell = async ({ origin, stations }) => {
        done.push(`tell ${origin} ${stations.join()}`);
        return { ok: true };
      };
      world.cdn.purge = async (stations) => {
        done.push(`purge ${stations.join()}`);
        return { ok: true };
      };
      world.provisioner = {
        recreate: async ({ id }) => {
          done.push(`recreate ${id}`);
          return { outcome: "accepted", detail: "container 1" };
        },
      };
      await die(world, nodes, "origin-1");
      expect(done).toEqual(["tell origin-1 demo", "purge demo", "recreate origin-1"]);
      expect(await outcomesOf(world, "origin-1")).toEqual([
        ["routing", "no listener is sent to it"],
        ["token", "the edge refuses its uploads"],
        ["studio", "it is studio of nothing"],
        ["webhook", "told"],
        ["purge", "purged"],
        ["recreate", "asked"],
      ]);
      expect(await stateOf(world, "origin-1")).toBe("reprovisioning");
      expect((await storyOf(world, "origin-1")).slice(-5)).toEqual([
        "origin-suspected",
        "origin-evicted",
        "cdn-told",
        "cache-purged",
        "origin-recreated",
      ]);
    }),
  );

  it(
    "tells nobody before the edge obeys: what fails to be published holds all that follows",
    withThree(async (world, nodes) => {
      const told: string[] = [];
      world.cdn.tell = async ({ origin }) => {
        told.push(origin);
        return { ok: true };
      };
      world.bucket.failing = "put";
      await die(world, nodes, "origin-3");
      expect([await stateOf(world, "origin-3"), told]).toEqual(["evicted", []]);
      world.bucket.failing = null;
      await pass(world, 3000, without(nodes, "origin-3"));
      expect(told).toEqual(["origin-3"]);
    }),
  );

  it(
    "tries a step again that failed, later each time, and gives it up at last without holding up the rest",
    withThree(async (world, nodes) => {
      const tries: number[] = [];
      world.cdn.tell = async () => {
        tries.push(world.clock.now());
        return { ok: false, retry: true, reason: "answered 503" };
      };
      await die(world, nodes, "origin-3");
      await pass(world, 150_000, without(nodes, "origin-3"));
      expect(tries).toHaveLength(6);
      const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
      expect(pauses.every((pause, index) => pause >= 1000 * 2 ** index)).toBe(true);
      const outcomes = Object.fromEntries(await outcomesOf(world, "origin-3"));
      expect(outcomes).toMatchObject({ webhook: "given up: answered 503", recreate: "no provisioner is set" });
      expect(await storyOf(world, "origin-3")).toContain("eviction-step-failed");
    }),
    120_000,
  );

  it(
    "waits for its node's turn to be made anew as often as it takes: that is no failed attempt",
    withThree(async (world, nodes) => {
      const asked: number[] = [];
      world.provisioner = {
        recreate: async () => {
          asked.push(world.clock.now());
          if (asked.length > 8) return { outcome: "accepted" };
          return { outcome: "wait", until: world.clock.now() + 5000, reason: "others are being made anew" };
        },
      };
      await die(world, nodes, "origin-3");
      expect((await stepsOf(world, "origin-3")).at(-1)).toMatchObject({
        attempts: 0,
        endedAt: null,
        outcome: "waits: others are being made anew",
      });
      await pass(world, 50_000, without(nodes, "origin-3"));
      expect(asked.slice(1).map((at, index) => at - (asked[index] ?? 0))).toEqual(Array(8).fill(5000));
      expect(await stateOf(world, "origin-3")).toBe("reprovisioning");
      expect(await storyOf(world, "origin-3")).not.toContain("eviction-step-failed");
    }),
  );

  it(
    "goes on where it was when control's object ends in between, and does no step twice that was done",
    withThree(async (world, nodes) => {
      let told = 0;
      let purges = 0;
      world.cdn.tell = async () => {
        told += 1;
        return { ok: true };
      };
      world.cdn.purge = async () => {
        purges += 1;
        return purges === 1 ? { ok: false, retry: true, reason: "late" } : { ok: true };
      };
      await die(world, nodes, "origin-3");
      world.restart();
      await pass(world, 5000, without(nodes, "origin-3"));
      expect([told, purges]).toEqual([1, 2]);
      expect((await stepsOf(world, "origin-3")).every(({ endedAt }) => endedAt !== null)).toBe(true);
    }),
  );

  it(
    "by hand makes no new node and keeps the old one out",
    withThree(async (world, nodes) => {
      world.provisioner = { recreate: () => Promise.reject(new Error("nobody asked for this")) };
      const context = { db: world.db, clock: world.clock, log: { info: () => {} } as never, actor: "admin alice" };
      await moveOrigin(context, "origin-3", "evict", world.fleet.standIns("origin-3"));
      await world.fleet.refresh();
      await pass(world, 30_000, nodes);
      expect(await stateOf(world, "origin-3")).toBe("evicted");
      expect((await outcomesOf(world, "origin-3")).map(([step]) => step)).toEqual([
        "routing",
        "token",
        "studio",
        "webhook",
        "purge",
      ]);
    }),
  );
});

describe("a node that was made anew", () => {
  it(
    "registers, proves itself and is back: the story tells it in order",
    withThree(async (world, nodes) => {
      world.provisioner = { recreate: async () => ({ outcome: "accepted" }) };
      await pass(world, 20_000, without(nodes, "origin-3"));
      const again = { ...nodes, "origin-3": { node: await world.enrol("origin-3") } };
      await pass(world, 30_000, again);
      const story = await storyOf(world, "origin-3");
      expect(story.slice(story.indexOf("origin-suspected"))).toEqual([
        "origin-suspected",
        "origin-evicted",
        "origin-recreated",
        "origin-enrolled",
        "origin-on-trial",
        "origin-proven",
        "origin-readmitted",
      ]);
      const row = await world.db.query.origins.findFirst({ where: eq(origins.id, "origin-3") });
      expect(row).toMatchObject({ state: "active", tries: 0, evictions: 1 });
    }),
  );

  it(
    "and does not come is made again, until three tries have failed",
    withThree(async (world, nodes) => {
      let asked = 0;
      world.provisioner = {
        recreate: async () => {
          asked += 1;
          return { outcome: "accepted" };
        },
      };
      for (let minute = 0; minute < 10; minute++) await pass(world, 60_000, without(nodes, "origin-3"));
      expect([asked, await stateOf(world, "origin-3")]).toEqual([3, "failed"]);
    }),
    120_000,
  );
});
