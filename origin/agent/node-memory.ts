import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DesiredState } from "../../contracts/fleet.ts";
import { StationSlug } from "../../contracts/names.ts";

/**
 * What a node must still know after a restart, control being away or not: its own token, what it was told last, and
 * the newest generation of each station it has seen.
 */
export const NodeMemory = z.object({
  token: z.string().nullable(),
  desired: DesiredState.nullable(),
  generations: z.record(StationSlug, z.int().nonnegative()),
});
export type NodeMemory = z.infer<typeof NodeMemory>;

export const BLANK_MEMORY: NodeMemory = { token: null, desired: null, generations: {} };

const fileIn = (folder: string) => join(folder, "node.json");

/** Reads the memory; a missing or broken file is a blank one, since all of it can be had again with the enrolment token. */
export async function recall(folder: string): Promise<{ memory: NodeMemory; problem: string | null }> {
  let text: string;
  try {
    text = await readFile(fileIn(folder), "utf8");
  } catch (thrown) {
    const missing = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
    return { memory: BLANK_MEMORY, problem: missing ? null : `node.json cannot be read: ${String(thrown)}` };
  }
  try {
    return { memory: NodeMemory.parse(JSON.parse(text)), problem: null };
  } catch (thrown) {
    return { memory: BLANK_MEMORY, problem: `node.json is not valid: ${String(thrown)}` };
  }
}

/** Replaces the file in one step, so that a crash leaves the old or the new one; readable by the node's user alone. */
export async function remember(folder: string, memory: NodeMemory): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = `${fileIn(folder)}.new`;
  await writeFile(draft, JSON.stringify(memory), { mode: 0o600 });
  await rename(draft, fileIn(folder));
}
