import { z } from "zod";
import { CommandError } from "./command.ts";
import { openNamespaces } from "./namespaces.ts";
import type { Network, StackPorts } from "./network.ts";
import { openProxies } from "./proxies.ts";

const Choice = z.enum(["namespaces", "proxy"]).optional();
const told = new Set<string>();

/** The best network that this machine allows, or the one that FAULT_NETWORK asks for. Says once which it is. */
export async function openNetwork(ports: StackPorts, origins: readonly string[]): Promise<Network> {
  const choice = Choice.parse(process.env.FAULT_NETWORK || undefined);
  if (choice === "proxy") return tell(await openProxies(ports, origins), "asked for by FAULT_NETWORK");
  try {
    return tell(await openNamespaces(ports, origins), "with the faults of nftables and tc");
  } catch (thrown) {
    if (choice === "namespaces" || !(thrown instanceof CommandError)) throw thrown;
    return tell(await openProxies(ports, origins), `namespaces do not work here: ${thrown.message}`);
  }
}

function tell(network: Network, why: string): Network {
  const words = `The network of the faults: ${network.kind} (${why}).`;
  if (!told.has(words)) console.info(words);
  told.add(words);
  return network;
}
