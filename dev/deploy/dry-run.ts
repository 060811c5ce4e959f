import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildAll, endBuilding } from "../build.ts";
import { ROOT } from "../settings.ts";
import { type Part, WORKERS } from "./checked-in.ts";
import { prepareWorker, wrangler } from "./upload.ts";
import { overBudget, readSize, readStartup, type Weight } from "./weight.ts";

/** Puts both Workers together as a deployment does, uploads nothing, and says what they weigh. Ends with 1 above the budget. */

const DATABASE_ID = "00000000-0000-0000-0000-000000000000";
const FOLDER = join(ROOT, "dist/dry-run");

await buildAll().finally(endBuilding);
const weights: Record<Part, Weight> = { edge: await weigh("edge"), control: await weigh("control") };
for (const [part, { kib, gzipKib, startupMs }] of Object.entries(weights)) {
  const startup = startupMs === null ? "not measured" : `${startupMs.toFixed(0)} ms`;
  console.log(
    `${part.padEnd(8)} ${kib.toFixed(0)} KiB, ${gzipKib.toFixed(0)} KiB gzip, start-up ${startup} of CPU here`,
  );
}
const problems = overBudget(weights);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

async function weigh(part: Part): Promise<Weight> {
  const source = WORKERS.find((worker) => worker.part === part) ?? WORKERS[0];
  const placing = { environment: "staging", databaseId: DATABASE_ID, vars: {}, workersDev: true } as const;
  const folder = join(FOLDER, part);
  const config = prepareWorker(source, { ...placing, folder }).write();
  const bundle = join(folder, "worker.bundle");
  const size = readSize(await wrangler(["deploy", "--dry-run", "--config", config, "--outfile", bundle]));
  if (!existsSync(bundle)) throw new Error(`wrangler left no ${bundle}`);
  const profile = join(folder, "startup.cpuprofile");
  const said = await wrangler(["check", "startup", "--worker-bundle", bundle, "--outfile", profile]);
  return { ...size, startupMs: readStartup(said) };
}
