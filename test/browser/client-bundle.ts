import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const CLIENT = new URL("../../worker/pages/client/", import.meta.url);

/** What the pages load, by path. */
export type Assets = Record<string, { type: string; body: Uint8Array }>;

export async function bundleClient(): Promise<Assets> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL("player.ts", CLIENT))],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  const script = bundle.outputFiles[0];
  if (script === undefined) throw new Error("esbuild made no player.js");
  return {
    "/assets/player.js": { type: "text/javascript", body: script.contents },
    "/assets/player.css": { type: "text/css", body: await readFile(new URL("player.css", CLIENT)) },
    "/assets/favicon.svg": { type: "image/svg+xml", body: await readFile(new URL("favicon.svg", CLIENT)) },
  };
}
