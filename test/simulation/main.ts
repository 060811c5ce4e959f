import { parseArgs } from "node:util";
import { z } from "zod";
import { printTable } from "../bench/table.ts";
import { DEFAULT_RATES, randomFaults } from "./faults.ts";
import { Random } from "./random.ts";
import { originIds, World } from "./world.ts";

/** Weeks of the radio in seconds, with faults by chance: `npm run simulate -- --seed 7 --weeks 4 --origins 3 --story`. */

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    weeks: { type: "string", default: "4" },
    origins: { type: "string", default: "3" },
    story: { type: "boolean", default: false },
  },
});
const { seed, weeks, origins } = z
  .object({
    seed: z.coerce.number().int().min(0),
    weeks: z.coerce.number().positive().max(520),
    origins: z.coerce.number().int().min(1).max(20),
  })
  .parse(values);

const forMs = weeks * WEEK_MS;
const faults = randomFaults(originIds(origins), forMs, DEFAULT_RATES, new Random(seed));
const world = new World({ seed, forMs, faults, origins, recreates: true, operatorAfterMs: HOUR_MS });
const report = await world.run();
if (values.story) for (const { at, line } of world.story()) console.log(new Date(at).toISOString(), line);

const { faults: injected, violations, ...figures } = report;
printTable("Faults injected", ["kind", "times"], Object.entries(injected));
printTable("What became of it", ["", ""], [...Object.entries(figures), ["violations", violations.length]]);
for (const violation of violations.slice(0, 20)) console.log(violation);
