import { z } from "zod";
import { FORGIVING } from "../../harness/forgiving-policy.ts";
import { collectHashes, compareHashes, type Hashes } from "../../harness/hash-compare.ts";
import { STATION, type Stack, startStack } from "../../harness/stack.ts";
import { slicerOf, studioOf } from "../../harness/station.ts";
import { until } from "../until.ts";
import { hearKill, type Killed, killedRows } from "./killed-slicers.ts";
import type { Library } from "./radio.ts";
import type { Measured } from "./sheet.ts";

/** An origin proves itself on five segments before it is admitted. */
const ADMISSION_MS = 120_000;
const Origins = z.object({ items: z.array(z.object({ state: z.string() })) });

/**
 * Two origins, as `npm start` runs them. First the one that only slices is killed; then, when it has come back and
 * joined again, the other, which makes the programme too.
 */
export async function killDreamSlicers(library: Library, rounds: number): Promise<Measured> {
  const stack = await startStack({ origins: 2, listed: 4, env: { LIBRARY_DIR: library.folder } });
  try {
    await stack.api(z.unknown(), "PATCH", "/api/v1/policy", FORGIVING);
    const url = stack.playlistUrl();
    const [together, later]: [Killed[], Killed[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      together.push(await killOne(stack, url, (await slicerOf(stack)).id));
      later.push(await killOne(stack, url, (await studioOf(stack)).id));
    }
    return killedRows(together, later);
  } finally {
    await stack.stop();
  }
}

async function killOne(stack: Stack, url: string, id: string): Promise<Killed> {
  let identical = Number.NaN;
  await until(() => allActive(stack), "both origins are at work", ADMISSION_MS);
  const ready = async () => {
    identical = await identicalShare(stack);
  };
  const heard = await hearKill(url, ready, () => stack.kill(id, "SIGKILL"));
  return { ...heard, identical };
}

async function allActive(stack: Stack): Promise<boolean> {
  const { items } = await stack.api(Origins, "GET", "/api/v1/origins");
  return items.length === stack.origins.length && items.every(({ state }) => state === "active");
}

/** Of the segments that both origins name, the share (percent) with one SHA-256. */
async function identicalShare(stack: Stack): Promise<number> {
  const hashes: Hashes = new Map();
  for (const { httpUrl } of stack.origins) await collectHashes(hashes, httpUrl, STATION);
  const { common, different } = compareHashes(hashes);
  if (common.length === 0) throw new Error("the origins have no segment in common");
  return (1 - different.length / common.length) * 100;
}
