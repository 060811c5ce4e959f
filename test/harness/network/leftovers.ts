import { readdir } from "node:fs/promises";
import { z } from "zod";
import { pause } from "../../../kit/loop.ts";
import { sendSignal } from "../signal.ts";
import { CommandError, command } from "./command.ts";
import { noRulesOutside } from "./fault-rules.ts";

/** Bridges and namespaces of stacks, and how they are taken away. They are known by their names (see addresses.ts). */

const BRIDGE = /^rd\d+$/;
const LOOKS = 20;
const LOOK_MS = 50;

const Links = z.array(z.object({ ifname: z.string(), ifalias: z.string().optional() }));

/** Takes away a bridge, its namespaces and what runs in them, whatever of it is there; throws when something stays. */
export async function removeBridge(bridge: string): Promise<void> {
  const namespaces = (await namespaceNames()).filter((name) => name.startsWith(`${bridge}-`));
  for (const name of namespaces) {
    for (const pid of await pidsIn(name)) sendSignal(pid, "SIGKILL");
    await attempt("nft", ["-f", "-"], noRulesOutside(name));
    await attempt("ip", ["link", "del", name]);
    await attempt("ip", ["netns", "del", name]);
  }
  if ((await links()).some(({ ifname }) => ifname === bridge)) await attempt("ip", ["link", "del", bridge]);
  let left = await namesLeft(bridge);
  for (let look = 0; left.length > 0 && look < LOOKS; look++) {
    await pause(LOOK_MS);
    left = await namesLeft(bridge);
  }
  if (left.length > 0) throw new Error(`of the network there is left: ${left.join(", ")}`);
}

/** Removes the bridges whose owner (the process that their alias names) has ended. */
export async function removeAbandoned(): Promise<void> {
  for (const { ifname, ifalias } of await links()) {
    if (BRIDGE.test(ifname) && ifalias !== undefined && !sendSignal(Number(ifalias), 0)) await removeBridge(ifname);
  }
}

/** What there is of a bridge: links, namespaces and tables of rules, in words. */
export async function namesLeft(bridge: string): Promise<string[]> {
  const ours = (name: string) => name === bridge || name.startsWith(`${bridge}-`);
  const tables = (await command("nft", ["list", "tables"])).split("\n").map((line) => line.split(" ").at(-1) ?? "");
  return [
    ...(await links()).filter(({ ifname }) => ours(ifname)).map(({ ifname }) => `link ${ifname}`),
    ...(await namespaceNames()).filter(ours).map((name) => `namespace ${name}`),
    ...tables.filter(ours).map((name) => `table ${name}`),
  ];
}

async function links(): Promise<z.infer<typeof Links>> {
  return Links.parse(JSON.parse(await command("ip", ["-j", "link", "show"])));
}

async function namespaceNames(): Promise<string[]> {
  try {
    return await readdir("/run/netns");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw thrown;
  }
}

async function pidsIn(namespace: string): Promise<number[]> {
  return (await attempt("ip", ["netns", "pids", namespace])).split("\n").filter(Boolean).map(Number);
}

/** Half of it may be gone already, or another run may be removing the same: what counts is what is left. */
async function attempt(...args: Parameters<typeof command>): Promise<string> {
  try {
    return await command(...args);
  } catch (thrown) {
    if (thrown instanceof CommandError) return "";
    throw thrown;
  }
}
