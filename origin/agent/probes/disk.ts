import { mkdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe } from "../../../kit/log.ts";
import { withTimeout } from "../../../kit/race.ts";
import type { NodeFacts } from "../trouble.ts";

const WITHIN_MS = 2000;
const PROBE = ".probe";

/** Writes, reads and deletes a small file in the data folder, and asks how much room is left. Never rejects. */
export async function probeDisk(folder: string): Promise<NodeFacts["disk"]> {
  const freeBytes = await withTimeout(WITHIN_MS, "statfs", () => statfs(folder)).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
  try {
    await withTimeout(WITHIN_MS, "writing to the data folder", () => writeAndRead(join(folder, PROBE)));
    return { problem: null, freeBytes };
  } catch (thrown) {
    return { problem: describe(thrown), freeBytes };
  }
}

async function writeAndRead(file: string): Promise<void> {
  const written = `${process.pid} ${Date.now()}`;
  await writeFile(file, written, { mode: 0o600 });
  const read = await readFile(file, "utf8");
  await rm(file);
  if (read !== written) throw new Error("what was written is not what is read");
}

/** Makes the data folder anew where it is missing. What else a disk lacks, nobody can give it from here. */
export async function repairDisk(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(join(folder, PROBE), { force: true });
}
