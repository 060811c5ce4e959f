import { and, asc, eq, isNotNull } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "../db/database.ts";
import { upgradeSteps, upgrades } from "../db/schema.ts";
import { UPGRADE_PHASES, UPGRADE_STATES } from "../db/upgrades.ts";
import type { OpenUpgrade } from "./upgrade.ts";

const UpgradeRow = z.object({
  id: z.string(),
  state: z.enum(UPGRADE_STATES),
  stateSince: z.int(),
  settleMs: z.int(),
  rollbackOf: z.string().nullable(),
});
const StepRow = z.object({
  origin: z.string(),
  position: z.int(),
  phase: z.enum(UPGRADE_PHASES),
  phaseSince: z.int(),
  fromVersion: z.string(),
  fromImage: z.string().nullable(),
  toVersion: z.string().nullable(),
  toImage: z.string().nullable(),
  replacedAt: z.int().nullable(),
  dueAt: z.int(),
  reason: z.string().nullable(),
});

/** The upgrade that has not ended, or null. */
export async function readOpenUpgrade(db: Database): Promise<OpenUpgrade | null> {
  const [upgradeRows, stepRows] = await db.batch([
    db.select().from(upgrades).where(isNotNull(upgrades.open)),
    db
      .select({ step: upgradeSteps })
      .from(upgradeSteps)
      .innerJoin(upgrades, and(eq(upgrades.id, upgradeSteps.upgrade), isNotNull(upgrades.open)))
      .orderBy(asc(upgradeSteps.position)),
  ]);
  const [open] = upgradeRows;
  return open ? { ...UpgradeRow.parse(open), steps: stepRows.map(({ step }) => StepRow.parse(step)) } : null;
}
