import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Plugin, stop } from "esbuild";
import { bundle } from "./bundle.ts";

/** The origin's programs, each a module that needs Node and nothing else: `npm start` and the image run the same. */

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist/origin");
export const ORIGIN_BUNDLE = join(DIST, "main.mjs");

/** What CommonJS packages expect to find around them. */
const COMMON_JS = `const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);
const __dirname = import.meta.dirname;`;

/**
 * Leaves out of zod what is not used, its forty languages first, which the import by name would keep: 5 MB of memory.
 */
const ZOD_IN_PARTS: Plugin = {
  name: "zod in parts",
  setup: (build) =>
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return {
        loader: "ts",
        contents: source.replace(/^import (type )?\{ z \} from "zod";$/m, 'import $1* as z from "zod";'),
      };
    }),
};

export async function buildOrigin(): Promise<void> {
  await bundle({
    entryPoints: [join(ROOT, "origin/main.ts"), join(ROOT, "origin/health-check.ts")],
    outdir: DIST,
    outExtension: { ".js": ".mjs" },
    banner: { js: COMMON_JS },
    plugins: [ZOD_IN_PARTS],
    minify: true,
    platform: "node",
    target: "node24",
    sourcemap: "linked",
  });
}

if (import.meta.main) {
  await buildOrigin();
  await stop();
}
