import type { Origin } from "../registry/registry.ts";

/** What a provisioner is told of the node that is to be made anew, and of what: null, as all are. */
export type Node = Pick<Origin, "id" | "url" | "rtmpUrl" | "roles" | "version" | "image">;

/**
 * What came of asking: `none` where nobody can make nodes, `accepted` when a new process will register before long,
 * `wait` when nothing was tried because it is not this node's turn (`until` is Unix ms), `failed` otherwise; `retry`
 * says whether the same request may succeed later.
 */
export type Recreation =
  | { outcome: "none" }
  | { outcome: "accepted"; detail?: string }
  | { outcome: "wait"; until: number; reason: string }
  | { outcome: "failed"; retry: boolean; reason: string };

/** Makes nodes anew. To ask twice for one eviction must do no harm. It keeps its own time limits, and does not throw. */
export type Provisioner = { recreate(node: Node): Promise<Recreation> };

/** Where nodes come back by themselves, or by hand. */
export const noProvisioner: Provisioner = { recreate: async () => ({ outcome: "none" }) };
