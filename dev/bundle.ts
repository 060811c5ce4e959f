import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type BuildOptions, build } from "esbuild";

/** Bundles sources into what is run. Throws at the first that is missing or wrong. */
export async function bundle(options: BuildOptions): Promise<void> {
  const { outputFiles = [] } = await build({
    bundle: true,
    format: "esm",
    logLevel: "warning",
    legalComments: "none",
    ...options,
    write: false,
  });
  for (const { path, contents } of outputFiles) await replace(path, contents);
}

/** Whoever reads the file meanwhile sees all of the old one or all of the new one. */
export async function replace(path: string, contents: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, contents);
  await rename(fresh, path);
}
