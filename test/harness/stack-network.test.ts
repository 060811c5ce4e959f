import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { bridgeOf } from "./network/addresses.ts";
import { namesLeft } from "./network/leftovers.ts";
import { listProcesses } from "./processes.ts";
import { startPublisher } from "./publisher.ts";
import { type Stack, startStack } from "./stack.ts";
import { reportOf, slicerOf, studioOf } from "./station.ts";

const PATIENCE = 180_000;
const SOON = { timeout: 30_000, interval: 200 };

const Origins = z.object({ items: z.array(z.object({ id: z.string(), heard: z.object({ silentMs: z.number() }) })) });

let stack: Stack | null = null;

/** For how long control has not heard an origin, in milliseconds. */
async function silenceOf(origin: string): Promise<number> {
  const known = await stack?.api(Origins, "GET", "/api/v1/origins");
  return known?.items.find(({ id }) => id === origin)?.heard.silentMs ?? Number.NaN;
}

beforeEach(() => {
  stack = null;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stack?.stop();
});

describe.each([{ choice: "" }, { choice: "proxy" }])("a stack with a network (FAULT_NETWORK=$choice)", ({ choice }) => {
  it("is on air, takes a host, loses one origin and gets it back, and ends without a trace", {
    timeout: PATIENCE,
  }, async () => {
    vi.stubEnv("FAULT_NETWORK", choice);
    stack = await startStack({ network: true });
    const { network } = stack;
    const [studio, slicer] = [await studioOf(stack), await slicerOf(stack)];
    const host = await startPublisher(await stack.liveUrl(slicer.id), { tone: 440 });
    await expect.poll(async () => (await reportOf(studio))?.source, SOON).toBe("live");
    await host.stop();

    const before = (await reportOf(slicer))?.published ?? 0;
    await expect.poll(async () => (await reportOf(slicer))?.published, SOON).toBeGreaterThan(before);
    await network.cut(slicer.id);
    await expect.poll(() => silenceOf(slicer.id), SOON).toBeGreaterThan(4000);
    await network.heal(slicer.id);
    await expect.poll(() => silenceOf(slicer.id), SOON).toBeLessThan(2000);
    await expect.poll(async () => (await reportOf(slicer))?.published, SOON).toBeGreaterThan(before + 2);

    const name = network.kind.includes("namespace") ? bridgeOf(Number(new URL(stack.edgeUrl).port)).name : null;
    await stack.stop();
    stack = null;
    if (name) expect(await namesLeft(name)).toEqual([]);
  });
});

describe("a process of a stack", () => {
  it("stands still with all that it has started while it is frozen", { timeout: PATIENCE }, async () => {
    stack = await startStack({ origins: 1 });
    const pid = await stack.pid("origin-1");
    const states = async () => (await listProcesses()).filter(({ group }) => group === pid).map(({ state }) => state);
    await stack.freeze("origin-1");
    await expect.poll(async () => new Set(await states()), SOON).toEqual(new Set(["T"]));
    expect((await states()).length).toBeGreaterThan(1);
    await stack.thaw("origin-1");
    await expect.poll(states, SOON).not.toContain("T");
  });
});
