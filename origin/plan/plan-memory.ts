import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import { StationPlan } from "../../contracts/plan.ts";
import type { FetchedPlan } from "./fetch-plan.ts";

const RememberedPlan = z.object({ etag: z.string(), plan: StationPlan });
export type RememberedPlan = z.infer<typeof RememberedPlan>;

const fileOf = (folder: string, station: StationSlug) => join(folder, `${station}.json`);

/** The plan that was remembered last; null when there is none. Throws when it cannot be read or is none. */
export async function recallPlan(folder: string, station: StationSlug): Promise<RememberedPlan | null> {
  let text: string;
  try {
    text = await readFile(fileOf(folder, station), "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
    throw thrown;
  }
  return RememberedPlan.parse(JSON.parse(text));
}

/** Replaces the file in one step, so that a crash leaves the old or the new one; relays in it may have passwords. */
export async function rememberPlan(folder: string, station: StationSlug, { etag, text }: FetchedPlan): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = `${fileOf(folder, station)}.new`;
  await writeFile(draft, `{"etag":${JSON.stringify(etag)},"plan":${text}}`, { mode: 0o600 });
  await rename(draft, fileOf(folder, station));
}
