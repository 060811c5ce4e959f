import type { Node } from "../health/provisioner.ts";
import { nodeEnvironment, nodeName, STOP_SECONDS } from "./node-environment.ts";
import type { NodeTemplate } from "./settings.ts";

/** One call of the Hetzner Cloud API. */
export type HetznerCall = { method: "GET" | "POST"; path: string; body?: object };

export function findServer(node: Node): HetznerCall {
  return { method: "GET", path: `/servers?name=${nodeName(node)}` };
}

/**
 * What makes a node anew: its machine is rebuilt, which keeps its addresses, its name and what it is told at its first
 * start; where there is none, one is created.
 */
export function hetznerPlan(node: Node, template: NodeTemplate, found: { id: number } | null): HetznerCall {
  const { server } = template;
  if (!server) throw new TypeError("The template says nothing of a server.");
  if (found) return { method: "POST", path: `/servers/${found.id}/actions/rebuild`, body: { image: server.image } };
  const body = {
    name: nodeName(node),
    server_type: server.type,
    image: server.image,
    ...(server.location === undefined ? {} : { location: server.location }),
    ssh_keys: server.sshKeys,
    labels: { "radio-dream": "origin" },
    user_data: cloudConfig(node, template),
    start_after_create: true,
  };
  return { method: "POST", path: "/servers", body };
}

const ENVIRONMENT_FILE = "/etc/radio-dream.env";

/** What the machine does at its first start (cloud-init; JSON is YAML): it runs the node's container, and for good. */
export function cloudConfig(node: Node, template: NodeTemplate): string {
  const { dataDir, network, ports, memoryMb, cpus } = template;
  const lines = Object.entries(nodeEnvironment(node, template)).map(([key, value]) => `${key}=${value}\n`);
  const run = [
    ...["docker", "run", "--detach", "--name", nodeName(node), "--restart", "always", "--network", network],
    ...["--stop-timeout", String(STOP_SECONDS), "--read-only", "--cap-drop", "ALL"],
    ...["--security-opt", "no-new-privileges"],
    ...["--env-file", ENVIRONMENT_FILE, "--volume", `${nodeName(node)}:${dataDir}`],
    ...Object.entries(ports).flatMap(([port, offered]) => ["--publish", `${offered}:${port}`]),
    ...(memoryMb === undefined ? [] : ["--memory", `${memoryMb}m`]),
    ...(cpus === undefined ? [] : ["--cpus", String(cpus)]),
    node.image ?? template.image,
  ];
  const file = { path: ENVIRONMENT_FILE, permissions: "0600", encoding: "b64", content: base64(lines.join("")) };
  return `#cloud-config\n${JSON.stringify({ write_files: [file], runcmd: [run] })}\n`;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
