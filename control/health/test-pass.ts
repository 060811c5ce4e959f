import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { ROUTING_KEY, Routing } from "../../contracts/routing.ts";
import { indexKey } from "../../contracts/storage.ts";
import { incidents, origins } from "../db/schema.ts";
import { heartbeatOf } from "../routes/test-client.ts";
import { DEFAULT_HEALTH_POLICY as policy } from "./health-policy.ts";
import { addStation, type TestFleet, type TestNode, withFleet } from "./test-fleet.ts";
import { type Made, makeIndex, makeSegments } from "./test-indexes.ts";

/** A fleet to which time happens. */

/** How a node behaves while time passes; absent: it is dead. */
export type Behaviour = Made & { node: TestNode; isMute?: boolean; isStale?: boolean; rung?: string };
export type Behaviours = Record<string, Behaviour>;

/** Lets time pass as it does, a sweep a second: nodes send heartbeats and upload what they have. */
export async function pass(world: TestFleet, ms: number, behaviours: Behaviours): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) {
    world.clock.advance(1000);
    const now = world.clock.now();
    for (const [id, { node, isMute, isStale, rung = "well", ...made }] of Object.entries(behaviours)) {
      if (!isMute) await world.fleet.heartbeat(id, node.hash, heartbeatOf(node.instance, { now, rung }));
      if (!isStale) await upload(world, id, made);
    }
    await world.fleet.sweep();
    await world.fleet.chores();
  }
}

export async function upload(world: TestFleet, origin: string, made: Made): Promise<void> {
  const now = world.clock.now();
  const index = makeIndex("demo", origin, makeSegments(now, 8, made), now);
  await env.MEDIA.put(indexKey("demo", origin), JSON.stringify(index));
}

export const stateOf = async (world: TestFleet, id: string) =>
  (await world.db.query.origins.findFirst({ where: eq(origins.id, id) }))?.state;
const BESIDE: readonly string[] = ["eviction-step", "studio-changed", "studio-replaced"];
/** The kinds of an origin's incidents in order, but for what went beside: story.test.ts has all of it. */
export async function storyOf(world: TestFleet, id: string): Promise<string[]> {
  const isOf = eq(incidents.origin, id);
  const rows = await world.db.select().from(incidents).where(isOf).orderBy(asc(incidents.at), asc(incidents.id));
  return rows.map(({ kind }) => kind).filter((kind) => !BESIDE.includes(kind));
}
export const routed = async () =>
  Routing.parse(await (await env.MEDIA.get(ROUTING_KEY))?.json()).stations.demo?.slicers.map(({ origin }) => origin);

/** Three origins at work, that have been heard and seen for longer than the grace. */
export function withThree(test: (world: TestFleet, nodes: Behaviours) => Promise<void>): () => Promise<void> {
  return withFleet(async (world) => {
    await addStation(world, "demo");
    const nodes: Behaviours = {};
    for (const id of ["origin-1", "origin-2", "origin-3"]) {
      await env.MEDIA.delete(indexKey("demo", id));
      nodes[id] = { node: await world.register(id) };
    }
    await pass(world, policy.graceMs + 2000, nodes);
    await test(world, nodes);
  });
}

export const changed = (nodes: Behaviours, id: string, parts: Partial<Behaviour>): Behaviours => {
  const node = nodes[id];
  return node ? { ...nodes, [id]: { ...node, ...parts } } : nodes;
};
export const without = (nodes: Behaviours, ...ids: string[]): Behaviours =>
  Object.fromEntries(Object.entries(nodes).filter(([id]) => !ids.includes(id)));
