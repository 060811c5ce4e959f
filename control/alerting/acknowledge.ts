import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../context.ts";
import { alerts } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { conflict } from "../refusal.ts";
import type { Alert } from "./decide.ts";
import { readAlert } from "./read-alerts.ts";

/** Takes an alert on: nobody else is called for it. Conflict: it is over, or somebody has taken it on already. */
export async function acknowledgeAlert(context: Context, id: string): Promise<Alert> {
  const { db, clock } = context;
  const { alert } = await readAlert(context, id);
  const place = {
    ...(alert.station === null ? {} : { station: alert.station }),
    ...(alert.origin === null ? {} : { origin: alert.origin }),
  };
  const [[taken]] = await db.batch([
    db
      .update(alerts)
      .set({ acknowledgedAt: clock.now(), acknowledgedBy: context.actor })
      .where(and(eq(alerts.id, id), isNull(alerts.acknowledgedAt), isNull(alerts.resolvedAt)))
      .returning(),
    insertIncidentIfChanged(
      db,
      incidentOf(context, { kind: "alert-acknowledged", ...place, message: `${alert.kind} (alert ${id})` }),
    ),
  ]);
  if (taken) return taken;
  if (alert.resolvedAt !== null) throw conflict("resolved", "This alert is over.");
  throw conflict("acknowledged", `This alert was taken on by ${alert.acknowledgedBy ?? "somebody else"}.`);
}
