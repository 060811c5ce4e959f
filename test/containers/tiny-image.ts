import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "./engine.ts";

/** Writes down each start in the volume, and stays. */
const COMMAND = ["sh", "-c", "date >> /data/starts; exec sleep 3600"];

export const TINY_IMAGE = "localhost/radio-dream-test:tiny";

/**
 * Makes the image of which test nodes are: of `base`, which the engine must have and which must have a shell, else of
 * nothing but a static busybox. Throws where there is no such busybox.
 */
export async function makeTinyImage(engine: Engine, base: string | undefined): Promise<void> {
  const answer = base === undefined ? await importFiles(engine) : await buildOn(engine, base);
  const said = await answer.text();
  if (answer.status !== 200 || /"error"/.test(said)) throw new Error(`no image was made: ${answer.status} ${said}`);
}

async function importFiles(engine: Engine): Promise<Response> {
  const query = new URLSearchParams({ fromSrc: "-", repo: TINY_IMAGE });
  for (const change of ["ENV PATH=/bin", `CMD ${JSON.stringify(COMMAND)}`]) query.append("changes", change);
  return engine.ask("POST", `/v1.41/images/create?${query}`, await packed(layOutFiles));
}

async function buildOn(engine: Engine, base: string): Promise<Response> {
  const dockerfile = `FROM ${base}\nCMD ${JSON.stringify(COMMAND)}\n`;
  const archive = await packed((folder) => writeFile(join(folder, "Dockerfile"), dockerfile));
  return engine.ask("POST", `/v1.41/build?t=${encodeURIComponent(TINY_IMAGE)}`, archive);
}

async function packed(fill: (folder: string) => Promise<void>): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await mkdtemp(join(tmpdir(), "radio-dream-image-"));
  try {
    await fill(folder);
    return new Uint8Array(execFileSync("tar", ["-C", folder, "-cf", "-", "."], { maxBuffer: 64 << 20 }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function layOutFiles(folder: string): Promise<void> {
  for (const name of ["bin", "data", "etc", "proc", "sys", "dev", "tmp"]) await mkdir(join(folder, name));
  copyFileSync(findBusybox(), join(folder, "bin/busybox"));
  for (const tool of ["sh", "date", "sleep"]) await symlink("busybox", join(folder, "bin", tool));
}

function findBusybox(): string {
  const found = spawnSync("sh", ["-c", "command -v busybox"]).stdout.toString().trim();
  const isStatic = found !== "" && spawnSync("ldd", [found]).status !== 0;
  if (!isStatic)
    throw new Error("a static busybox is needed (Debian: apt-get install busybox-static), or CONTAINER_IMAGE");
  return found;
}
