import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { transform } from "esbuild";
import { z } from "zod";
import { CONTROL_BUNDLE, EDGE_BUNDLE } from "../../dev/build.ts";
import { ORIGIN_BUNDLE } from "../../dev/build-origin.ts";
import { ROOT } from "../../dev/settings.ts";
import { MESSAGE_NAMES, MESSAGES } from "./messages.ts";
import { recordRadio } from "./recorder/radio.ts";
import { createSamples } from "./recorder/samples.ts";

/**
 * `npm run release -- 1.2.3`: keeps what this release says and can read, for the releases after it to be held against: the
 * JSON schema of each message, a sample of each out of a running radio, what origins
 * and Workers run, compressed, and which migrations its database has seen.
 */

const [release = ""] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(release)) throw new Error("Which release? Say it as 1.2.3.");
const folder = join(import.meta.dirname, release);
await rm(folder, { recursive: true, force: true });
await mkdir(join(folder, "samples"), { recursive: true });

const samples = createSamples();
await recordRadio(samples);
const heard = samples.all();
const missing = MESSAGE_NAMES.filter((name) => !heard.has(name));
if (missing.length > 0) throw new Error(`Nobody said ${missing.join(", ")}.`);
for (const name of MESSAGE_NAMES) {
  await writeJson(join(folder, "samples", `${name}.json`), heard.get(name));
}
const schemas = MESSAGE_NAMES.map((name) => {
  return [name, z.toJSONSchema(MESSAGES[name], { io: "input", unrepresentable: "any" })] as const;
});
await writeJson(join(folder, "schemas.json"), Object.fromEntries(schemas));
const migrations = (await readdir(join(ROOT, "migrations"))).filter((name) => name.endsWith(".sql")).sort();
await writeJson(join(folder, "migrations.json"), migrations);
for (const [name, bundle] of Object.entries({ origin: ORIGIN_BUNDLE, edge: EDGE_BUNDLE, control: CONTROL_BUNDLE })) {
  const { code } = await transform(await readFile(bundle, "utf8"), { format: "esm", minifyWhitespace: true });
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } };
  await writeFile(
    join(folder, `${name}.mjs.br`),
    await promisify(brotliCompress)(code.replaceAll(/"(?:\.\.\/)+[^"]*?node_modules\//g, '"node_modules/'), quality),
  );
}
console.log(`Release ${release} is kept: ${MESSAGE_NAMES.length} messages, and what it runs.`);
process.exit();

function writeJson(file: string, value: unknown): Promise<void> {
  return writeFile(file, `${JSON.stringify(value, null, 1)}\n`);
}
