import { and, count, eq, isNull, lt, or, sql } from "drizzle-orm";
import { describe } from "../../kit/log.ts";
import { withTimeout } from "../../kit/race.ts";
import { readAlertSettings } from "../alerting/settings.ts";
import type { Context } from "../context.ts";
import { contacts, plans, stations, tokens } from "../db/schema.ts";
import type { Bindings } from "../environment.ts";
import { POLICY } from "../health/policy.ts";
import { SCHEDULE } from "../schedule/policy.ts";

/** The cron looks once a minute, so by then it has tried more than once. */
const PLAN_TRIED_MS = 3 * 60_000;

/** An object that nobody reads: whether it can be written is all that matters. */
const PROBE_KEY = "diagnosis/probe";

/** Whether a part does its work, and what it said when it does not. */
export type Sound = { ok: true } | { ok: false; error: string };

/** The files of `migrations/` that the database has seen, in order. */
export async function appliedMigrations({ db }: Pick<Context, "db">): Promise<string[]> {
  const rows = await db.all<{ name: string }>(sql`select name from d1_migrations order by name`);
  return rows.map(({ name }) => name);
}

/** Writes an object to each bucket, reads it and deletes it. */
export async function tryBucket(bucket: R2Bucket): Promise<Sound> {
  const written = crypto.randomUUID();
  return attempt(async () => {
    await bucket.put(PROBE_KEY, written);
    const read = await (await bucket.get(PROBE_KEY))?.text();
    await bucket.delete(PROBE_KEY);
    if (read !== written) throw new Error("what was read is not what was written");
  });
}

/** The channels of alerting that are wholly set up. */
export function channelsOf(bindings: Bindings): { channels: string[]; settings: Sound } {
  try {
    const { sms, email, webhook } = readAlertSettings(bindings);
    const channels = Object.entries({ sms, email, webhook }).flatMap(([name, set]) => (set ? [name] : []));
    return { channels, settings: { ok: true } };
  } catch (thrown) {
    return { channels: [], settings: { ok: false, error: describe(thrown) } };
  }
}

/** Stations whose plan has been tried to publish in vain for a while, or has not been built for longer than it ever should. */
export async function stalePlans({
  db,
  clock,
}: Pick<Context, "db" | "clock">): Promise<{ station: string; builtAt: number | null; failure: string | null }[]> {
  const now = clock.now();
  const isStale = or(lt(plans.tryingSince, now - PLAN_TRIED_MS), lt(plans.builtAt, now - 1.1 * SCHEDULE.rebuildMs));
  return db
    .select({ station: plans.station, builtAt: plans.builtAt, failure: plans.failure })
    .from(plans)
    .innerJoin(stations, eq(stations.slug, plans.station))
    .where(and(isStale, isNull(stations.deletedAt)));
}

/** How many people are on call, and how many tokens of each kind are in force. */
export async function countPeople({ db }: Pick<Context, "db">): Promise<{
  contacts: number;
  adminTokens: number;
  enrolmentTokens: number;
}> {
  const tokensOf = (kind: "admin" | "enrolment") =>
    db
      .select({ found: count() })
      .from(tokens)
      .where(and(eq(tokens.kind, kind), isNull(tokens.revokedAt)));
  const [people, admins, enrolments] = await db.batch([
    db.select({ found: count() }).from(contacts),
    tokensOf("admin"),
    tokensOf("enrolment"),
  ]);
  return {
    contacts: people[0]?.found ?? 0,
    adminTokens: admins[0]?.found ?? 0,
    enrolmentTokens: enrolments[0]?.found ?? 0,
  };
}

async function attempt(work: () => Promise<void>): Promise<Sound> {
  try {
    await withTimeout(POLICY.bucketTimeoutMs, "R2", work);
    return { ok: true };
  } catch (thrown) {
    return { ok: false, error: describe(thrown) };
  }
}
