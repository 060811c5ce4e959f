import { and, asc, desc, eq, getTableColumns, gte, lt, lte, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "../context.ts";
import { type Page, type PageQuery, pageOf, readCursor } from "../db/page.ts";
import { incidents, upgradeSteps, upgrades } from "../db/schema.ts";
import type { Incident } from "../health/incident.ts";
import { notFound } from "../refusal.ts";

const { open: _open, ...COLUMNS } = getTableColumns(upgrades);
const { upgrade: _upgrade, ...STEP_COLUMNS } = getTableColumns(upgradeSteps);

type Row = Omit<typeof upgrades.$inferSelect, "open">;
export type StoredUpgrade = Row & {
  /** By position. */
  steps: Omit<typeof upgradeSteps.$inferSelect, "upgrade">[];
};

const STORY_LENGTH = 200;

export async function readUpgrade({ db }: Context, id: string): Promise<StoredUpgrade> {
  const [rows, steps] = await db.batch([
    db.select(COLUMNS).from(upgrades).where(eq(upgrades.id, id)),
    db.select(STEP_COLUMNS).from(upgradeSteps).where(eq(upgradeSteps.upgrade, id)).orderBy(asc(upgradeSteps.position)),
  ]);
  const [row] = rows;
  if (!row) throw notFound(`upgrade ${id}`);
  return { ...row, steps };
}

/** What happened to it, oldest first: there is one upgrade at a time, so its incidents are those of its time. */
export async function readStory({ db, clock }: Context, { createdAt, endedAt }: StoredUpgrade): Promise<Incident[]> {
  const isItsKind = sql`${incidents.kind} like 'upgrade-%'`;
  const inItsTime = and(gte(incidents.at, createdAt), lte(incidents.at, endedAt ?? clock.now()));
  return db
    .select()
    .from(incidents)
    .where(and(isItsKind, inItsTime))
    .orderBy(asc(incidents.at), asc(incidents.id))
    .limit(STORY_LENGTH);
}

/** Upgrades, newest first, without their steps. */
export async function listUpgrades({ db }: Context, { limit, cursor }: PageQuery): Promise<Page<Row>> {
  const after = readCursor(cursor, z.tuple([z.number(), z.string()]));
  const { createdAt, id } = upgrades;
  const rows = await db
    .select(COLUMNS)
    .from(upgrades)
    .where(after ? or(lt(createdAt, after[0]), and(eq(createdAt, after[0]), lt(id, after[1]))) : undefined)
    .orderBy(desc(createdAt), desc(id))
    .limit(limit + 1);
  return pageOf(rows, limit, (row) => [row.createdAt, row.id]);
}
