import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { RELEASE } from "../../contracts/version.ts";
import { CONTROL_BUNDLE, EDGE_BUNDLE } from "../../dev/build.ts";
import { ORIGIN_BUNDLE } from "../../dev/build-origin.ts";
import { ROOT } from "../../dev/settings.ts";

/** What origins and Workers of a release run. */
export type Bundles = { release: string; origin: string; edge: string; control: string };

/** The release before the present one, kept in `test/releases/`. */
export const LAST_RELEASE = "0.1.0";

export const PRESENT: Bundles = { release: RELEASE, origin: ORIGIN_BUNDLE, edge: EDGE_BUNDLE, control: CONTROL_BUNDLE };

/** Unpacks the last release. What it takes from npm is what the present one takes. */
export async function unpackLastRelease(): Promise<Bundles> {
  const unpack = async (name: string) => {
    const packed = await readFile(join(ROOT, "test/releases", LAST_RELEASE, `${name}.mjs.br`));
    const file = join(ROOT, "dist/releases", LAST_RELEASE, `${name}.mjs`);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(`${file}.${process.pid}`, await promisify(brotliDecompress)(packed));
    await rename(`${file}.${process.pid}`, file);
    return file;
  };
  const [origin, edge, control] = await Promise.all([unpack("origin"), unpack("edge"), unpack("control")]);
  return { release: LAST_RELEASE, origin, edge, control };
}
