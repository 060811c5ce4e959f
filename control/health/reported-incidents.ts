import type { IncidentReport } from "../../contracts/fleet.ts";
import type { OriginId } from "../../contracts/names.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Context } from "../context.ts";
import { type Incident, insertIncidentOnce } from "./incident.ts";
import type { Outbox } from "./outbox.ts";
import { POLICY } from "./policy.ts";

type Dependencies = Omit<Context, "actor"> & { outbox: Outbox };

/** Takes what an origin reports into the outbox. What it dates into the future happened now. */
export async function takeReports(
  { outbox, clock, log }: Dependencies,
  origin: OriginId,
  reports: readonly IncidentReport[],
): Promise<void> {
  if (reports.length === 0) return;
  const now = clock.now();
  const rows = reports.map(
    (report): Incident => ({ ...report, at: Math.min(report.at, now), origin, actor: `origin ${origin}` }),
  );
  const refused = await outbox.add(rows);
  if (refused > 0) log.warn("no room for reported incidents", { origin, refused });
}

/** Brings what waits in the outbox into D1. */
export async function recordReports({ outbox, db }: Dependencies): Promise<void> {
  await outbox.drain(async (rows) => {
    const [first, ...rest] = rows.map((row) => insertIncidentOnce(db, row));
    if (first) await withTimeout(POLICY.databaseTimeoutMs, "D1", () => db.batch([first, ...rest]));
  });
}
