import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { stop } from "esbuild";
import { buildOrigin } from "./build-origin.ts";
import { bundle, replace } from "./bundle.ts";
import { ROOT } from "./settings.ts";

/** What is built out of the sources, all below `dist/`: the Workers' static assets, their bundles, and the origin. */

const DIST = join(ROOT, "dist");
export const EDGE_BUNDLE = join(DIST, "edge.mjs");
export const CONTROL_BUNDLE = join(DIST, "control.mjs");

/** Builds everything. Throws at the first source that is missing or wrong. */
export async function buildAll(): Promise<void> {
  await Promise.all([
    buildAssets(),
    buildOrigin(),
    buildWorker(join(ROOT, "worker/main.ts"), EDGE_BUNDLE),
    buildWorker(join(ROOT, "control/main.ts"), CONTROL_BUNDLE),
  ]);
}

/** The static assets of both Workers: what `wrangler deploy` and the Workers' own tests need. */
export async function buildAssets(): Promise<void> {
  await Promise.all([buildPlayer(), copyReel(), copyDocs()]);
}

/** Ends the bundler's own process, which otherwise stays at hand for the next build. */
export const endBuilding: () => Promise<void> = stop;

/** One Worker as a single module, the way wrangler would bundle it. */
export async function buildWorker(entry: string, outfile: string): Promise<void> {
  await bundle({
    entryPoints: [entry],
    outfile,
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    target: "es2024",
    sourcemap: "linked",
  });
}

async function buildPlayer(): Promise<void> {
  const source = join(ROOT, "worker/pages/client");
  const target = join(DIST, "edge-assets/assets");
  await bundle({
    entryPoints: [join(source, "player.ts"), join(source, "player.css")],
    outdir: target,
    platform: "browser",
    target: ["es2022", "safari16"],
    minify: true,
  });
  await copy(join(source, "favicon.svg"), join(target, "favicon.svg"));
}

/** The reel that is played when not even R2 can be read. */
async function copyReel(): Promise<void> {
  const source = join(ROOT, "worker/reel/default");
  const target = join(DIST, "edge-assets/assets/reel");
  for (const name of await readdir(source)) await copy(join(source, name), join(target, name));
}

async function copyDocs(): Promise<void> {
  const target = join(DIST, "control-assets/docs");
  const swagger = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) await copy(join(swagger, name), join(target, name));
  const own = join(ROOT, "control/routes/docs-page");
  for (const name of await readdir(own)) await copy(join(own, name), join(target, name));
}

async function copy(from: string, to: string): Promise<void> {
  await replace(to, await readFile(from));
}

if (import.meta.main) await buildAll();
