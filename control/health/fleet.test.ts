import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { ROUTING_KEY, Routing } from "../../contracts/routing.ts";
import { createLog } from "../../kit/log.ts";
import { incidents, origins, slicers } from "../db/schema.ts";
import { applyAssignment } from "../registry/apply-assignment.ts";
import { heartbeatOf } from "../routes/test-client.ts";
import { DEFAULT_HEALTH_POLICY } from "./health-policy.ts";
import { POLICY } from "./policy.ts";
import { addStation, stationIn, type TestFleet, withFleet } from "./test-fleet.ts";

const published = async () => Routing.parse(await (await env.MEDIA.get(ROUTING_KEY))?.json());

type Node = Awaited<ReturnType<TestFleet["register"]>>;
const beat = (world: TestFleet, id: string, node: Node, parts: object = {}) =>
  world.fleet.heartbeat(id, node.hash, heartbeatOf(node.instance, { now: world.clock.now(), ...parts }));

/** Lets time pass as it does: the named nodes send heartbeats, and the fleet is swept. */
async function pass(world: TestFleet, ms: number, nodes: Record<string, Node>): Promise<void> {
  for (let passed = 0; passed < ms; passed += POLICY.sweepMs) {
    world.clock.advance(POLICY.sweepMs);
    for (const [id, node] of Object.entries(nodes)) await beat(world, id, node);
    await world.fleet.sweep();
  }
}

const kindsOf = async (world: TestFleet, kind: string) =>
  world.db.select().from(incidents).where(eq(incidents.kind, kind));

describe("heartbeats", () => {
  it(
    "are answered out of memory: no D1 call for any of them",
    withFleet(async (world) => {
      await addStation(world, "demo");
      const node = await world.register("origin-1");
      world.database.calls = 0;
      expect(await beat(world, "origin-1", node)).toMatchObject({
        desired: { stations: [{ slug: "demo", generation: 1 }] },
      });
      expect(await world.fleet.heartbeat("origin-1", "0".repeat(64), heartbeatOf(node.instance))).toEqual({
        refused: "unauthorized",
      });
      expect(world.database.calls).toBe(0);
    }),
  );

  it(
    "go on being answered while D1 fails, reported incidents included, which are recorded when it is back",
    withFleet(async (world) => {
      await addStation(world, "demo");
      const node = await world.register("origin-1");
      world.database.broken = true;
      const report = {
        id: crypto.randomUUID(),
        at: world.clock.now(),
        kind: "encoder-died",
        station: "demo",
        message: "back",
      };
      for (let minute = 0; minute < 5; minute++) {
        world.clock.advance(60_000);
        expect(await beat(world, "origin-1", node, { incidents: [report] })).toMatchObject({
          desired: { stations: [{ slug: "demo" }] },
        });
        await world.fleet.sweep();
      }
      expect(await kindsOf(world, "encoder-died")).toEqual([]);
      world.database.broken = false;
      await world.fleet.sweep();
      expect(await kindsOf(world, "encoder-died")).toMatchObject([
        { id: report.id, at: report.at, origin: "origin-1" },
      ]);
      expect(world.lines.filter((line) => line.includes("reading the registry failed"))).toHaveLength(1);
      expect(world.lines.filter((line) => line.includes("reading the registry works again"))).toHaveLength(1);
    }),
  );

  it(
    "lose no reported incident when control's object ends before D1 has it",
    withFleet(async (world) => {
      await addStation(world, "demo");
      const node = await world.register("origin-1");
      const report = { id: crypto.randomUUID(), at: 1, kind: "encoder-died", station: null, message: "" };
      await beat(world, "origin-1", node, { incidents: [report] });
      await world.restart().sweep();
      expect(await kindsOf(world, "encoder-died")).toHaveLength(1);
    }),
  );

  it(
    "may report more than there is room for: the rest is dropped and said so",
    withFleet(async (world) => {
      const node = await world.register("origin-1");
      world.database.broken = true;
      for (let sent = 0; sent <= POLICY.incidentsWaiting; sent += 50) {
        const reports = Array.from({ length: 50 }, () => ({
          id: crypto.randomUUID(),
          at: 1,
          kind: "flood",
          station: null,
          message: "",
        }));
        await beat(world, "origin-1", node, { incidents: reports });
      }
      expect(world.lines.filter((line) => line.includes("no room for reported incidents"))).toHaveLength(1);
      world.database.broken = false;
      for (let sweep = 0; sweep < POLICY.incidentsWaiting / 100; sweep++) await world.fleet.sweep();
      expect(await kindsOf(world, "flood")).toHaveLength(POLICY.incidentsWaiting);
    }),
  );

  it(
    "are put off, not refused, when control starts while D1 fails; and are answered as soon as it is back",
    withFleet(async (world) => {
      const node = await world.register("origin-1");
      world.restart();
      world.database.broken = true;
      expect(await beat(world, "origin-1", node)).toEqual({ refused: "unavailable" });
      world.database.broken = false;
      expect(await beat(world, "origin-1", node)).toHaveProperty("desired");
    }),
  );

  it(
    "are refused to a process that is not the registered one",
    withFleet(async (world) => {
      const node = await world.register("origin-1");
      expect(await beat(world, "origin-1", { ...node, instance: crypto.randomUUID() })).toEqual({
        refused: "unknown_instance",
      });
    }),
  );
});

describe("the studio", () => {
  it(
    "is replaced when its heartbeats have ceased for the policy's time, and not before; the incident says why",
    withFleet(async (world) => {
      await addStation(world, "demo");
      const one = await world.register("origin-1");
      const two = await world.register("origin-2");
      await pass(world, DEFAULT_HEALTH_POLICY.graceMs + 2000, { "origin-1": one, "origin-2": two });
      await pass(world, DEFAULT_HEALTH_POLICY.studioSilentMs, { "origin-2": two });
      expect(await stationIn(world.db, "demo")).toMatchObject({ studio: "origin-1", generation: 1 });
      await pass(world, POLICY.sweepMs, { "origin-2": two });
      expect(await stationIn(world.db, "demo")).toMatchObject({ studio: "origin-2", generation: 2 });
      expect(await beat(world, "origin-2", two)).toMatchObject({
        desired: { stations: [{ roles: ["studio", "slicer"] }] },
      });
      expect((await published()).stations.demo).toMatchObject({ studio: "origin-2", generation: 2 });
      expect((await kindsOf(world, "studio-changed")).map(({ message }) => message)).toContain(
        "origin-2 is studio under generation 2: origin-1 is silent",
      );

      expect(await beat(world, "origin-1", one)).toMatchObject({
        desired: { stations: [{ roles: ["slicer"], studio: { origin: "origin-2" }, generation: 2 }] },
      });
    }),
  );

  it(
    "is replaced within three seconds when it dies and the slicers say so, by a heartbeat rather than by a sweep",
    withFleet(async (world) => {
      await addStation(world, "demo");
      const one = await world.register("origin-1");
      const two = await world.register("origin-2");
      await pass(world, DEFAULT_HEALTH_POLICY.graceMs + 2000, { "origin-1": one, "origin-2": two });
      const slicing = {
        slug: "demo",
        roles: ["slicer"],
        generation: 1,
        source: null,
        sliced: 1,
        published: 1,
        queued: 0,
      };
      const stations = (heardMs: number) => [{ ...slicing, live: null, heardMs }];
      for (const heardMs of [1000, 1500, 2000]) {
        world.clock.advance(heardMs === 1000 ? 1000 : 500);
        await beat(world, "origin-2", two, { stations: stations(heardMs) });
      }
      expect(await stationIn(world.db, "demo")).toMatchObject({ studio: "origin-1" });
      world.clock.advance(500);
      await beat(world, "origin-2", two, { stations: stations(2500) });
      await vi.waitFor(async () => {
        expect(await stationIn(world.db, "demo")).toMatchObject({ studio: "origin-2", generation: 2 });
      });
    }),
  );

  it(
    "that leaves in good order is replaced before it has gone",
    withFleet(async (world) => {
      await addStation(world, "demo");
      const one = await world.register("origin-1");
      const two = await world.register("origin-2");
      await beat(world, "origin-2", two);
      await beat(world, "origin-1", one, { leaving: true });
      await vi.waitFor(async () => {
        const reply = await beat(world, "origin-1", one, { leaving: true });
        expect(reply).toMatchObject({ desired: { stations: [{ studio: { origin: "origin-2" }, roles: ["slicer"] }] } });
      });
    }),
  );

  it(
    "stays when control was away for long: it listens before it judges",
    withFleet(async (world) => {
      await addStation(world, "demo");
      const one = await world.register("origin-1");
      const two = await world.register("origin-2");
      world.clock.advance(3_600_000);
      await world.restart().sweep();
      await pass(world, DEFAULT_HEALTH_POLICY.graceMs - 2000, { "origin-2": two });
      expect(await stationIn(world.db, "demo")).toMatchObject({ studio: "origin-1", generation: 1 });
      await pass(world, 20_000, { "origin-1": one, "origin-2": two });
      expect(await stationIn(world.db, "demo")).toMatchObject({ studio: "origin-1", generation: 1 });
    }),
  );

  it(
    "keeps its place when its process restarts, under the next generation",
    withFleet(async (world) => {
      await addStation(world, "demo");
      await world.register("origin-1");
      await world.register("origin-2");
      world.clock.advance(POLICY.enrolSilentMs + 1);
      const again = await world.register("origin-1");
      expect(await stationIn(world.db, "demo")).toMatchObject({
        studio: "origin-1",
        studioInstance: again.instance,
        generation: 2,
      });
    }),
  );

  it(
    "is changed once when two sweeps decide at once, with one incident",
    withFleet(async (world) => {
      await addStation(world, "demo");
      await world.register("origin-1");
      const context = { db: world.db, clock: world.clock, log: createLog(), actor: "control" };
      const change = { station: "demo", from: 1, generation: 2, left: null, instance: "x", reason: "a race" };
      const decide = (studio: string) =>
        applyAssignment(context, { studios: [{ ...change, studio }], added: [], removed: [] });
      await Promise.all([decide("origin-a"), decide("origin-b")]);
      expect(await stationIn(world.db, "demo")).toMatchObject({ generation: 2 });
      const raced = (await kindsOf(world, "studio-changed")).filter(({ message }) => message.endsWith("a race"));
      expect(raced).toHaveLength(1);
      expect(raced[0]?.origin).toBe((await stationIn(world.db, "demo")).studio);
    }),
  );
});

describe("the enrolment token", () => {
  it(
    "takes over a name only when the process that bears it has been silent for the policy's time",
    withFleet(async (world) => {
      await addStation(world, "demo");
      const lost = await world.register("origin-1");
      world.clock.advance(POLICY.enrolSilentMs);
      await expect(world.register("origin-1")).rejects.toMatchObject({ status: 409, code: "origin_is_live" });
      world.clock.advance(1);
      const found = await world.register("origin-1");
      expect(await beat(world, "origin-1", lost)).toEqual({ refused: "unauthorized" });
      expect(await beat(world, "origin-1", found)).toHaveProperty("desired");
    }),
  );

  it(
    "does not take over a name before control has listened for that time itself",
    withFleet(async (world) => {
      await world.register("origin-1");
      world.clock.advance(3_600_000);
      world.restart();
      await expect(world.register("origin-1")).rejects.toMatchObject({ code: "origin_is_live" });
    }),
  );
});

describe("routing", () => {
  it(
    "is published when it changes, and only then, under rising versions",
    withFleet(async (world) => {
      await addStation(world, "demo");
      const one = await world.register("origin-1");
      const first = await published();
      await pass(world, 30_000, { "origin-1": one });
      expect(await published()).toEqual(first);
      await world.register("origin-2");
      const second = await published();
      expect(second.version).toBeGreaterThan(first.version);
      expect(Object.keys(second.origins)).toEqual(["origin-1", "origin-2"]);
    }),
  );

  it(
    "stays as it was rather than become empty",
    withFleet(async (world) => {
      await world.fleet.sweep();
      expect(await env.MEDIA.head(ROUTING_KEY)).toBeNull();
      await addStation(world, "demo");
      await world.register("origin-1");
      const before = await published();
      await world.db.delete(slicers);
      await world.db.delete(origins);
      await world.fleet.refresh();
      expect(await published()).toEqual(before);
    }),
  );

  it(
    "is published by the next sweep when R2 failed, and heartbeats do not wait for it",
    withFleet(async (world) => {
      await addStation(world, "demo");
      world.bucket.broken = true;
      const one = await world.register("origin-1");
      expect(await env.MEDIA.head(ROUTING_KEY)).toBeNull();
      expect(await beat(world, "origin-1", one)).toHaveProperty("desired");
      world.bucket.broken = false;
      await world.fleet.sweep();
      expect((await published()).origins).toHaveProperty("origin-1");
    }),
  );

  it.each([
    ["is gone", () => env.MEDIA.delete(ROUTING_KEY)],
    ["was overwritten", () => env.MEDIA.put(ROUTING_KEY, "garbage")],
  ])("is published anew when the object in R2 %s", async (_title, harm) => {
    await withFleet(async (world) => {
      await addStation(world, "demo");
      const one = await world.register("origin-1");
      const before = await published();
      await harm();
      await pass(world, POLICY.routingCheckMs + POLICY.sweepMs, { "origin-1": one });
      const after = await published();
      expect(after).toEqual({ ...before, version: after.version, publishedAt: after.publishedAt });
      expect(after.version).toBeGreaterThan(before.version);
    })();
  });
});

describe("a sweep", () => {
  it(
    "never rejects, whatever fails, and is counted as sound only when nothing did",
    withFleet(async (world) => {
      await addStation(world, "demo");
      await world.register("origin-1");
      world.clock.advance(1000);
      expect(world.fleet.status()).toEqual({ soundSweepAgoMs: 1000, upMs: 1000 });
      world.database.broken = true;
      world.bucket.broken = true;
      world.clock.advance(POLICY.reloadMs);
      await world.fleet.sweep();
      expect(world.fleet.status().soundSweepAgoMs).toBe(POLICY.reloadMs + 1000);
      world.database.broken = false;
      world.bucket.broken = false;
      await world.fleet.sweep();
      expect(world.fleet.status().soundSweepAgoMs).toBe(0);
    }),
  );

  it(
    "sees a change that nobody told of before long",
    withFleet(async (world) => {
      await addStation(world, "demo");
      const one = await world.register("origin-1");
      await addStation(world, "untold");
      await pass(world, POLICY.reloadMs + POLICY.sweepMs, { "origin-1": one });
      expect(await beat(world, "origin-1", one)).toMatchObject({
        desired: { stations: [{ slug: "demo" }, { slug: "untold" }] },
      });
    }),
  );
});
