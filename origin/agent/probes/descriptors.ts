import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodeFacts } from "../trouble.ts";

let knownLimit: number | null = null;

/** How many file descriptors the process has open, and how many it may. No limit is known where there is no procfs. Never rejects. */
export async function probeDescriptors(root = "/proc/self"): Promise<NodeFacts["descriptors"]> {
  knownLimit ??= await readLimit(root);
  try {
    return { used: (await readdir(join(root, "fd"))).length, limit: knownLimit };
  } catch (thrown) {
    // There was not even one left to count the others with.
    const exhausted = thrown instanceof Error && "code" in thrown && thrown.code === "EMFILE";
    return { used: exhausted ? (knownLimit ?? 0) : 0, limit: knownLimit };
  }
}

async function readLimit(root: string): Promise<number | null> {
  const limits = await readFile(join(root, "limits"), "utf8").catch(() => "");
  const soft = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  return Number.isNaN(soft) ? null : soft;
}
