import type { Node } from "../health/provisioner.ts";
import type { NodeTemplate } from "./settings.ts";

/** The environment of a node: what is set for all, what is known of it, what is set for it; its name is always its own. */
export function nodeEnvironment({ id, url, rtmpUrl }: Node, template: NodeTemplate): Record<string, string> {
  const known = { PUBLIC_URL: url, RTMP_URL: rtmpUrl, DATA_DIR: template.dataDir };
  return { ...template.env, ...known, ...template.nodes[id]?.env, ORIGIN_ID: id };
}

/** Longer than a node takes to drain; engines wait 10 s if not told otherwise. */
export const STOP_SECONDS = 25;

/** Name of a node's container, volume and machine. */
export function nodeName({ id }: Pick<Node, "id">): string {
  return `radio-dream-${id}`;
}
