import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLog } from "../../kit/log.ts";
import { examplePlan, type PlanEdge, startPlanEdge } from "./fixtures/edge.ts";
import { type PlanStore, startPlanStore } from "./plan-store.ts";

let folder: string;
let edge: PlanEdge;
let stores: PlanStore[];
let incidents: { kind: string; message: string }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plans-"));
  edge = await startPlanEdge();
  stores = [];
  incidents = [];
});
afterEach(async () => {
  for (const store of stores) await store.stop();
  await edge.close();
  await rm(folder, { recursive: true });
});

function start(): PlanStore {
  const store = startPlanStore({
    edge: edge.of("demo"),
    folder,
    onIncident: (incident) => incidents.push(incident),
    log: createLog({ level: "error" }),
    everyMs: 20,
  });
  stores.push(store);
  return store;
}

const publish = (change: Parameters<typeof examplePlan>[0] = {}) => {
  edge.plan = JSON.stringify(examplePlan(change));
};
const asked = (count: number) => vi.waitFor(() => expect(edge.asked.length).toBeGreaterThan(count));

describe("the plan of a station", () => {
  it("is none before one is published, and then the newest", async () => {
    const store = start();
    await asked(1);
    expect(store.current()).toBeNull();
    publish();
    await vi.waitFor(() => expect(store.current()?.plan).toEqual(examplePlan()));
    publish({ version: 2 });
    await vi.waitFor(() => expect(store.current()?.plan.version).toBe(2));
  });

  it("stays the same object while it has not changed, at the cost of a 304", async () => {
    publish();
    const store = start();
    await vi.waitFor(() => expect(store.current()).not.toBeNull());
    const first = store.current();
    await asked(5);
    expect(store.current()).toBe(first);
    expect(edge.asked.slice(1).map(({ status }) => status)).not.toContain(200);
  });

  it("is known after a restart without a network", async () => {
    publish({ version: 7 });
    const before = start();
    await vi.waitFor(() => expect(before.current()).not.toBeNull());
    await asked(2);
    await before.stop();
    edge.isDown = true;
    const after = start();
    await vi.waitFor(() => expect(after.current()?.plan).toEqual(examplePlan({ version: 7 })));
    edge.isDown = false;
    await asked(edge.asked.length);
    expect(edge.asked.at(-1)?.status).toBe(304);
  });

  it("stays when the edge has none any more, or cannot be asked", async () => {
    publish();
    const store = start();
    await vi.waitFor(() => expect(store.current()).not.toBeNull());
    edge.plan = null;
    await asked(edge.asked.length + 1);
    edge.isDown = true;
    expect(store.current()?.plan).toEqual(examplePlan());
  });

  it.each([
    ["no JSON", "{"],
    ["not a plan", JSON.stringify({ schema: 2 })],
    ["another station's", JSON.stringify(examplePlan({ station: "other" }))],
  ])("stays when what is published is %s, which is reported once", async (_, text) => {
    publish();
    const store = start();
    await vi.waitFor(() => expect(store.current()).not.toBeNull());
    edge.plan = text;
    await vi.waitFor(() => expect(incidents).toHaveLength(1));
    await asked(edge.asked.length + 2);
    expect(incidents.map(({ kind }) => kind)).toEqual(["plan-invalid"]);
    expect(store.current()?.plan).toEqual(examplePlan());
  });

  it("is asked for anew when what was remembered is broken", async () => {
    await writeFile(join(folder, "demo.json"), '{"etag": "x", "plan": {');
    publish();
    const store = start();
    await vi.waitFor(() => expect(store.current()?.plan).toEqual(examplePlan()));
  });
});
