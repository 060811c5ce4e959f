import { and, asc, desc, eq, isNotNull, isNull, lt, or, type SQL } from "drizzle-orm";
import { z } from "zod";
import { OriginId, StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { SEVERITIES } from "../db/alerts.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { alertMessages, alerts } from "../db/schema.ts";
import { notFound } from "../refusal.ts";
import type { Alert } from "./decide.ts";

/** `open`: nobody has taken it on; `acknowledged`: somebody has, and it lasts; `resolved`: its cause is gone. */
export const ALERT_STATES = ["open", "acknowledged", "resolved"] as const;
export type AlertState = (typeof ALERT_STATES)[number];

export const AlertQuery = PageQuery.extend({
  state: z.enum(ALERT_STATES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  kind: z.string().max(60).optional(),
  station: StationSlug.optional(),
  origin: OriginId.optional(),
});

export type AlertMessage = typeof alertMessages.$inferSelect;

export function stateOf({ acknowledgedAt, resolvedAt }: Pick<Alert, "acknowledgedAt" | "resolvedAt">): AlertState {
  if (resolvedAt !== null) return "resolved";
  return acknowledgedAt === null ? "open" : "acknowledged";
}

/** Alerts, newest first. */
export async function listAlerts({ db }: Context, input: z.input<typeof AlertQuery>): Promise<Page<Alert>> {
  const { limit, cursor, state, severity, kind, station, origin } = AlertQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.number(), z.string()]));
  const rows = await db
    .select()
    .from(alerts)
    .where(
      and(
        state === undefined ? undefined : isIn(state),
        severity === undefined ? undefined : eq(alerts.severity, severity),
        kind === undefined ? undefined : eq(alerts.kind, kind),
        station === undefined ? undefined : eq(alerts.station, station),
        origin === undefined ? undefined : eq(alerts.origin, origin),
        behind
          ? or(lt(alerts.raisedAt, behind[0]), and(eq(alerts.raisedAt, behind[0]), lt(alerts.id, behind[1])))
          : undefined,
      ),
    )
    .orderBy(desc(alerts.raisedAt), desc(alerts.id))
    .limit(limit + 1);
  return pageOf(rows, limit, (row) => [row.raisedAt, row.id]);
}

/** An alert, and what was told of it to whom. */
export async function readAlert({ db }: Context, id: string): Promise<{ alert: Alert; messages: AlertMessage[] }> {
  const [[alert], messages] = await db.batch([
    db.select().from(alerts).where(eq(alerts.id, id)),
    db
      .select()
      .from(alertMessages)
      .where(eq(alertMessages.alert, id))
      .orderBy(asc(alertMessages.nextAt), asc(alertMessages.id))
      .limit(100),
  ]);
  if (!alert) throw notFound(`alert ${id}`);
  return { alert, messages };
}

function isIn(state: AlertState): SQL | undefined {
  if (state === "resolved") return isNotNull(alerts.resolvedAt);
  return and(
    isNull(alerts.resolvedAt),
    state === "open" ? isNull(alerts.acknowledgedAt) : isNotNull(alerts.acknowledgedAt),
  );
}
