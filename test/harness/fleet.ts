import { expect, vi } from "vitest";
import { z } from "zod";
import { OriginState } from "../../contracts/fleet.ts";
import { FORGIVING } from "./forgiving-policy.ts";
import { type Stack, type StackOptions, startStack } from "./stack.ts";

/** A stack of three origins at work, and what control says of them. */

const Origins = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      state: OriginState,
      tries: z.int(),
      evictions: z.int(),
      heard: z.object({ rung: z.string().nullable(), rungDetail: z.string().nullable() }).nullable(),
    }),
  ),
});
export type FleetOrigin = z.infer<typeof Origins>["items"][number];

const Incident = z.object({
  id: z.string(),
  at: z.int(),
  kind: z.string(),
  station: z.string().nullable(),
  origin: z.string().nullable(),
  message: z.string(),
});
const Incidents = z.object({ items: z.array(Incident) });
export type Incident = z.infer<typeof Incident>;

/** From the first heartbeat over five proven segments to admission, with a wide margin. */
const ADMISSION_MS = 90_000;

/** Starts three origins and waits until all of them are at work. */
export async function startFleet(options: StackOptions = {}): Promise<Stack> {
  const stack = await startStack({ origins: 3, listed: 3, ...options });
  try {
    await stack.api(z.unknown(), "PATCH", "/api/v1/policy", FORGIVING);
    await fleetIsActive(stack);
  } catch (thrown) {
    await stack.stop();
    throw thrown;
  }
  return stack;
}

export async function originsOf(stack: Stack): Promise<FleetOrigin[]> {
  return (await stack.api(Origins, "GET", "/api/v1/origins")).items;
}

/** Waits until all origins, or those named, are at work and well. */
export async function fleetIsActive(stack: Stack, ids = stack.origins.map(({ id }) => id)): Promise<void> {
  const others = async () => {
    const origins = await originsOf(stack);
    const missing = ids
      .filter((id) => !origins.some((origin) => origin.id === id))
      .map((id) => `${id} is not registered`);
    const ill = origins.filter(({ id, state }) => ids.includes(id) && state !== "active");
    return [...missing, ...ill.map(({ id, state, heard }) => `${id} is ${state}, ${heard?.rung ?? "not heard"}`)];
  };
  await vi.waitFor(async () => expect(await others()).toEqual([]), { timeout: ADMISSION_MS, interval: 500 });
}

/** What happened from `since` (Unix ms) on, in order, or what of one kind: the first hundred. */
export async function incidentsSince(stack: Stack, since: number, kind?: string): Promise<Incident[]> {
  const filter = kind === undefined ? "" : `&kind=${kind}`;
  const path = `/api/v1/incidents?since=${since}&order=oldest&limit=100${filter}`;
  return (await stack.api(Incidents, "GET", path)).items;
}
