import { z } from "zod";
import type { Node, Provisioner, Recreation } from "../health/provisioner.ts";
import { type Answer, call, type Fetch, isWorthRetrying } from "../outbound/call.ts";
import { dockerPlan, negotiateVersion } from "./docker-plan.ts";
import { PROVISIONING } from "./policy.ts";
import type { ProvisionerSettings } from "./settings.ts";

type DockerSettings = ProvisionerSettings & { driver: "docker" };

const EngineError = z.object({ message: z.string() });

/** Docker Engine API over HTTP: an engine's TCP port, or a proxy before its socket. Podman's socket answers it too. */
export function createDocker(settings: DockerSettings, fetch: Fetch): Provisioner {
  return { recreate: (node) => recreate(settings, fetch, node) };
}

async function recreate({ engine, token, template }: DockerSettings, fetch: Fetch, node: Node): Promise<Recreation> {
  const base = template.nodes[node.id]?.engine ?? engine;
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const ask = (method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<Answer> => {
    const content = body === undefined ? { headers } : jsonBody(headers, body);
    return call(fetch, { method, url: base + path, ...content }, PROVISIONING.callTimeoutMs);
  };

  const ping = await ask("GET", "/_ping");
  if (ping.status !== 200) return refused("asking the engine", ping);
  const version = negotiateVersion(ping.headers.get("api-version"));
  if (version === null) return { outcome: "failed", retry: false, reason: "the engine speaks no version that we do" };
  for (const step of dockerPlan(node, template)) {
    const answer = await ask(step.method, `/${version}${step.path}`, step.body);
    if (!step.accepted.includes(answer.status)) return refused(step.what, answer);
  }
  return { outcome: "accepted", detail: "its container was made anew and started" };
}

function jsonBody(headers: Record<string, string>, body: object) {
  return { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** 409: the engine is at it already, so later it may do it. */
function refused(what: string, { status, body }: Answer): Recreation {
  const retry = status === 409 || isWorthRetrying(status);
  return { outcome: "failed", retry, reason: `${what}: answered ${status}${messageIn(body)}` };
}

function messageIn(body: string): string {
  try {
    return `, ${EngineError.parse(JSON.parse(body)).message.slice(0, 200)}`;
  } catch {
    return "";
  }
}
