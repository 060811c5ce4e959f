import { eq, lt, sql } from "drizzle-orm";
import { z } from "zod";
import { frameAt } from "../../contracts/timeline.ts";
import type { Context } from "../context.ts";
import type { Database } from "../db/database.ts";
import { plays, settings } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { HISTORY } from "./policy.ts";

const NAME = "history";
const DAY_MS = 86_400_000;

/** How the play history is kept, of all stations. */
export const HistoryKeeping = z.strictObject({
  /** Days after which what was played is forgotten; collecting societies may ask for years. */
  keptDays: z.int().min(31).max(3660).default(1100),
});
export type HistoryKeeping = z.infer<typeof HistoryKeeping>;

export async function readHistoryKeeping(db: Database): Promise<HistoryKeeping> {
  const row = await db.query.settings.findFirst({ where: eq(settings.name, NAME) });
  return HistoryKeeping.parse(row?.value ?? {});
}

export async function setHistoryKeeping(context: Context, input: z.input<typeof HistoryKeeping>): Promise<void> {
  const value = HistoryKeeping.parse(input);
  const { db, clock } = context;
  const row = { value, updatedAt: clock.now() };
  const message = `what was played is kept for ${value.keptDays} days`;
  await db.batch([
    db
      .insert(settings)
      .values({ name: NAME, ...row })
      .onConflictDoUpdate({ target: settings.name, set: row }),
    insertIncidentIfChanged(db, incidentOf(context, { kind: "history-keeping-changed", message })),
  ]);
}

/** Forgets what is older than it is to be kept, a part at a time. */
export async function prunePlays({ db, clock }: Pick<Context, "db" | "clock">): Promise<void> {
  const { keptDays } = await readHistoryKeeping(db);
  const old = db
    .select({ rowid: sql`rowid` })
    .from(plays)
    .where(lt(plays.frame, frameAt(clock.now() - keptDays * DAY_MS)))
    .limit(HISTORY.prunedRows);
  await db.delete(plays).where(sql`rowid in ${old}`);
}
