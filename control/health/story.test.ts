import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { evictionSteps, stations } from "../db/schema.ts";
import { call, heartbeatOf } from "../routes/test-client.ts";
import { pruneEvictionSteps } from "./eviction-steps.ts";
import { POLICY } from "./policy.ts";
import type { TestFleet } from "./test-fleet.ts";
import { type Behaviours, changed, pass, stateOf, without, withThree } from "./test-pass.ts";

type Told = { at: number; kind: string; actor: string; message: string };

async function storyOf(origin: string, since: number): Promise<Told[]> {
  const { status, body } = await call("GET", `incidents?origin=${origin}&since=${since}&order=oldest&limit=100`);
  expect(status).toBe(200);
  return body.items;
}

/** The node says what its own ladder found and did. */
async function reportRung(world: TestFleet, nodes: Behaviours, id: string, rung: string, message: string) {
  const node = nodes[id]?.node;
  if (!node) throw new Error(`no node ${id}`);
  const report = { id: crypto.randomUUID(), at: world.clock.now(), kind: `ladder-${rung}`, station: "demo", message };
  const heartbeat = heartbeatOf(node.instance, { now: world.clock.now(), rung, incidents: [report] });
  await world.fleet.heartbeat(id, node.hash, heartbeat);
}

/** A studio that stops cutting segments, repairs itself in vain, is evicted, made anew, and proves itself. */
async function fallAndRise(world: TestFleet, nodes: Behaviours): Promise<void> {
  await world.db.update(stations).set({ studio: "origin-1" }).where(eq(stations.slug, "demo"));
  world.cdn.tell = async () => ({ ok: true });
  const answers = [{ ok: false, retry: true, reason: "answered 503" } as const];
  world.cdn.purge = async () => answers.pop() ?? { ok: true };
  world.provisioner = { recreate: async () => ({ outcome: "accepted", detail: "a container" }) };
  const frozen = changed(nodes, "origin-1", { isStale: true, rung: "restart" });
  await pass(world, 4000, frozen);
  await reportRung(world, nodes, "origin-1", "restart", "slicer of demo is restarted: no segment is cut");
  await pass(world, 8000, frozen);
  expect(await stateOf(world, "origin-1")).toBe("reprovisioning");
  await pass(world, POLICY.enrolSilentMs + 1000, without(nodes, "origin-1"));
  const again = { ...without(nodes, "origin-1"), "origin-1": { node: await world.enrol("origin-1") } };
  await pass(world, 30_000, again);
}

describe("the incidents of an origin", () => {
  it(
    "tell its whole story through the API, in order, with times and reasons",
    withThree(async (world, nodes) => {
      const since = world.clock.now();
      await fallAndRise(world, nodes);
      const story = await storyOf("origin-1", since);
      expect(story.map(({ kind, actor, message }) => `${kind} (${actor}): ${message}`)).toEqual([
        expect.stringMatching(
          /^origin-suspected \(control\): its next segment is [23]\.\d s late, its peers' are not$/,
        ),
        "ladder-restart (origin origin-1): slicer of demo is restarted: no segment is cut",
        expect.stringMatching(/^origin-evicted \(control\): its next segment is 5\.\d s late, its peers' are not$/),
        expect.stringMatching(
          /^studio-replaced \(control\): origin-[23] is studio under generation \d+: origin-1 may /,
        ),
        "eviction-step (control): routing: no listener is sent to it",
        "eviction-step (control): token: the edge refuses its uploads",
        "eviction-step (control): studio: it is studio of nothing",
        "cdn-told (control): the webhook was told of the eviction",
        "eviction-step-retried (control): purge failed and is tried again: answered 503",
        "cache-purged (control): caches have forgotten what it may have made",
        "origin-recreated (control): the node is being made anew: a container",
        expect.stringMatching(/^origin-enrolled /),
        "origin-on-trial (control): the new node is heard",
        "origin-proven (control): 5 segments in a row prove it",
        "origin-readmitted (control): listeners are sent to it again, by and by",
      ]);
      const times = story.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
      expect(times[0]).toBeGreaterThan(since);
    }),
  );

  it(
    "are found by kind, newest first where nothing else is asked for",
    withThree(async (world, nodes) => {
      await pass(world, 6000, without(nodes, "origin-3"));
      const { body } = await call("GET", "incidents?kind=eviction-step&origin=origin-3");
      expect(body.items.map(({ message }: Told) => message.split(":")[0])).toEqual(
        ["routing", "token", "studio", "webhook", "purge", "recreate"].reverse(),
      );
    }),
  );
});

describe("the steps of an eviction", () => {
  it(
    "are forgotten with the incidents that tell of them, and not while one is open",
    withThree(async (world, nodes) => {
      world.cdn.purge = async () => ({ ok: false, retry: true, reason: "late" });
      await pass(world, 6000, without(nodes, "origin-3"));
      const left = async () => (await world.db.select().from(evictionSteps)).map(({ step }) => step);
      const kept = await left();
      world.clock.advance(POLICY.incidentsKeptMs - 10_000);
      await pruneEvictionSteps(world);
      expect(await left()).toEqual(kept);
      world.clock.advance(20_000);
      await pruneEvictionSteps(world);
      expect(await left()).toEqual(["purge", "recreate"]);
    }),
  );
});
