import { z } from "zod";
import type { Node, Provisioner, Recreation } from "../health/provisioner.ts";
import { type Answer, call, type Fetch, isWorthRetrying } from "../outbound/call.ts";
import { findServer, type HetznerCall, hetznerPlan } from "./hetzner-plan.ts";
import { nodeName } from "./node-environment.ts";
import { PROVISIONING } from "./policy.ts";
import type { ProvisionerSettings } from "./settings.ts";

type HetznerSettings = ProvisionerSettings & { driver: "hetzner" };

const Servers = z.object({ servers: z.array(z.object({ id: z.int(), name: z.string() })) });
const HetznerError = z.object({ error: z.object({ code: z.string().max(60) }) });

/** Errors that pass, whatever their status: somebody else is at it, or there is no machine free just now. */
const PASSING = new Set([
  "locked",
  "conflict",
  "uniqueness_error",
  "resource_unavailable",
  "rate_limit_exceeded",
  "maintenance",
  "timeout",
  "unavailable",
  "server_error",
]);

/** Hetzner Cloud API (v1): a machine for each node. What it is doing then takes minutes: proof is the node's own matter. */
export function createHetzner(settings: HetznerSettings, fetch: Fetch): Provisioner {
  return { recreate: (node) => recreate(settings, fetch, node) };
}

async function recreate({ api, token, template }: HetznerSettings, fetch: Fetch, node: Node): Promise<Recreation> {
  if (!template.server)
    return { outcome: "failed", retry: false, reason: "PROVISIONER_NODES says nothing of a server" };
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const ask = ({ method, path, body }: HetznerCall): Promise<Answer> => {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return call(fetch, { method, url: api + path, headers, ...content }, PROVISIONING.callTimeoutMs);
  };

  const listed = await ask(findServer(node));
  if (listed.status !== 200) return refused("looking for the machine", listed);
  const servers = Servers.safeParse(jsonIn(listed.body));
  if (!servers.success) return { outcome: "failed", retry: true, reason: "looking for the machine: no list came" };
  const found = servers.data.servers.find(({ name }) => name === nodeName(node)) ?? null;
  // A rebuild keeps what the machine was told at its first start, the image among it.
  if (found && node.image !== null && node.image !== template.image) {
    const reason =
      "a machine that is there keeps its image: name a moving tag in PROVISIONER_NODES, or delete the machine";
    return { outcome: "failed", retry: false, reason };
  }
  const answer = await ask(hetznerPlan(node, template, found));
  if (answer.status !== 201) return refused(found ? "rebuilding the machine" : "creating a machine", answer);
  return { outcome: "accepted", detail: found ? `machine ${found.id} is being rebuilt` : "a machine is being created" };
}

/** The error's code alone is repeated: its text may repeat what was sent. */
function refused(what: string, { status, body }: Answer): Recreation {
  const parsed = HetznerError.safeParse(jsonIn(body));
  const code = parsed.success ? parsed.data.error.code : null;
  const retry = (code !== null && PASSING.has(code)) || isWorthRetrying(status);
  return { outcome: "failed", retry, reason: `${what}: answered ${status}${code === null ? "" : `, ${code}`}` };
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
