import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import type { EvictionStep } from "../db/eviction-steps.ts";
import type { Registry } from "../registry/registry.ts";
import type { Snapshot } from "../routing/build-snapshot.ts";
import type { Cdn } from "./cdn.ts";
import type { Provisioner } from "./provisioner.ts";
import type { Event } from "./story.ts";

/** What the steps look at: the registry, and the snapshot that is known to stand in R2. */
export type Standing = { registry: Registry; published: Snapshot | null };
export type EvictionDependencies = Omit<Context, "actor"> & { cdn: Cdn; provisioner: Provisioner };

/**
 * How a step came out. `wait`: what it looks for has not come about yet, or it is not its turn before `until` (Unix ms);
 * that is no failed attempt.
 */
export type Result = { done: string; event?: Event; isRecreated?: true } | Waiting | { failed: string; retry: boolean };

export type Waiting = { wait: string; until?: number };

export type Work = Standing & { origin: OriginId; evictedAt: number };

const NOT_PUBLISHED = "the routing without it is not published yet";

export const PERFORM: Record<EvictionStep, (deps: EvictionDependencies, work: Work) => Promise<Result> | Result> = {
  routing(_deps, { published, origin }) {
    if (!published) return { wait: NOT_PUBLISHED };
    const isRouted = Object.values(published.stations).some(({ slicers }) =>
      slicers.some((row) => row.origin === origin),
    );
    return isRouted ? { wait: NOT_PUBLISHED } : { done: "no listener is sent to it" };
  },

  token(_deps, { published, origin }) {
    if (!published || (published.origins[origin]?.tokenHash ?? null) !== null) return { wait: NOT_PUBLISHED };
    return { done: "the edge refuses its uploads" };
  },

  studio(_deps, { registry, origin }) {
    return registry.stations.some(({ studio }) => studio === origin)
      ? { wait: "nobody else is studio yet" }
      : { done: "it is studio of nothing" };
  },

  async webhook({ cdn }, { registry, origin, evictedAt }) {
    if (!cdn.tell) return { done: "no webhook is set" };
    const outcome = await cdn.tell({ origin, evictedAt, stations: registry.stations.map(({ slug }) => slug) });
    if (!outcome.ok) return { failed: outcome.reason, retry: outcome.retry };
    return { done: "told", event: { kind: "cdn-told", message: "the webhook was told of the eviction" } };
  },

  async purge({ cdn }, { registry }) {
    if (!cdn.purge) return { done: "no cache is set" };
    const outcome = await cdn.purge(registry.stations.map(({ slug }) => slug));
    if (!outcome.ok) return { failed: outcome.reason, retry: outcome.retry };
    return { done: "purged", event: { kind: "cache-purged", message: "caches have forgotten what it may have made" } };
  },

  async recreate({ provisioner }, { registry, origin }) {
    const node = registry.origins.find(({ id }) => id === origin);
    if (!node) return { done: "it is gone" };
    const { id, url, rtmpUrl, roles, version, image } = node;
    const recreation = await provisioner.recreate({ id, url, rtmpUrl, roles, version, image });
    if (recreation.outcome === "none") return { done: "no provisioner is set" };
    if (recreation.outcome === "wait") return { wait: recreation.reason, until: recreation.until };
    if (recreation.outcome === "failed") return { failed: recreation.reason, retry: recreation.retry };
    const message = `the node is being made anew${recreation.detail ? `: ${recreation.detail}` : ""}`;
    return { done: "asked", event: { kind: "origin-recreated", message }, isRecreated: true };
  },
};
