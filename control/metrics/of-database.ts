import { count, desc, eq, gt, inArray, isNull, min } from "drizzle-orm";
import { type Family, family, sample, single } from "../../kit/metrics/metric.ts";
import { ALERT_KINDS } from "../alerting/kinds.ts";
import type { Context } from "../context.ts";
import { SEVERITIES } from "../db/alerts.ts";
import { alertMessages, alerts, incidents, jobs, plans, publications, stations } from "../db/schema.ts";
import { CONTROL_METRICS as METRICS } from "./catalogue.ts";

const HOUR_MS = 3_600_000;
const KINDS = 50;
const OPEN_JOBS = ["waiting", "running"] as const;

/** What stands in D1, by one batch that reads what is open and recent, by its indexes, and nothing else. */
export async function familiesOfDatabase({ db, clock }: Pick<Context, "db" | "clock">): Promise<Family[]> {
  const now = clock.now();
  const [open, waiting, recent, work, planned, [routing]] = await db.batch([
    db
      .select({ kind: alerts.kind, severity: alerts.severity, acknowledgedAt: alerts.acknowledgedAt })
      .from(alerts)
      .where(isNull(alerts.resolvedAt)),
    db.select({ number: count() }).from(alertMessages).where(eq(alertMessages.state, "pending")),
    db
      .select({ kind: incidents.kind, number: count() })
      .from(incidents)
      .where(gt(incidents.at, now - HOUR_MS))
      .groupBy(incidents.kind)
      .orderBy(desc(count()))
      .limit(KINDS),
    db
      .select({ state: jobs.state, number: count(), oldest: min(jobs.createdAt) })
      .from(jobs)
      .where(inArray(jobs.state, [...OPEN_JOBS]))
      .groupBy(jobs.state),
    db
      .select({ station: plans.station, builtAt: plans.builtAt, tryingSince: plans.tryingSince })
      .from(plans)
      .innerJoin(stations, eq(stations.slug, plans.station))
      .where(isNull(stations.deletedAt)),
    db.select({ version: publications.version, publishedAt: publications.publishedAt }).from(publications).limit(1),
  ]);
  const since = (at: number | null) => (at === null ? null : Math.max(0, now - at) / 1000);
  const oldest = work.find(({ state }) => state === "waiting")?.oldest ?? null;
  return [
    single(METRICS.databaseUp, 1),
    family(
      METRICS.alerts,
      Object.entries(ALERT_KINDS).flatMap(([kind, { severity }]) =>
        sample({ kind, severity }, open.filter((alert) => alert.kind === kind).length),
      ),
    ),
    family(
      METRICS.unacknowledged,
      SEVERITIES.flatMap((severity) =>
        sample(
          { severity },
          open.filter((alert) => alert.severity === severity && alert.acknowledgedAt === null).length,
        ),
      ),
    ),
    single(METRICS.messages, waiting[0]?.number),
    family(
      METRICS.incidents,
      recent.flatMap(({ kind, number }) => sample({ kind }, number)),
    ),
    family(
      METRICS.jobs,
      OPEN_JOBS.flatMap((state) => sample({ state }, work.find((row) => row.state === state)?.number ?? 0)),
    ),
    single(METRICS.jobAge, since(oldest) ?? 0),
    family(
      METRICS.planAge,
      planned.flatMap(({ station, builtAt }) => sample({ station }, since(builtAt))),
    ),
    family(
      METRICS.planTrying,
      planned.flatMap(({ station, tryingSince }) => sample({ station }, since(tryingSince) ?? 0)),
    ),
    single(METRICS.routingVersion, routing?.version),
    single(METRICS.routingPublished, routing?.publishedAt == null ? null : routing.publishedAt / 1000),
  ];
}
