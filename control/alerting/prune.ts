import { inArray, lt } from "drizzle-orm";
import type { Context } from "../context.ts";
import { alertMessages, alerts } from "../db/schema.ts";
import { ALERTING } from "./policy.ts";

/** Forgets the alerts that were resolved longer ago than the policy keeps, and what was told of them. */
export async function pruneAlerts({ db, clock }: Pick<Context, "db" | "clock">): Promise<void> {
  const isOld = lt(alerts.resolvedAt, clock.now() - ALERTING.keptMs);
  await db.batch([
    db
      .delete(alertMessages)
      .where(inArray(alertMessages.alert, db.select({ id: alerts.id }).from(alerts).where(isOld))),
    db.delete(alerts).where(isOld),
  ]);
}
