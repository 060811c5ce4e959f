import { and, asc, count, eq, gt, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import { makeSecret } from "../auth/secret.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { stations, streamKeys } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { conflict, notFound } from "../refusal.ts";
import { LIMITS } from "./limits.ts";

export const NewStreamKey = z.strictObject({ name: z.string().trim().min(1).max(100) });

/** Makes a key for a host. The answer is the only place where the key itself ever stands. */
export async function createStreamKey(
  context: Context,
  station: StationSlug,
  input: z.input<typeof NewStreamKey>,
): Promise<{ id: string; name: string; key: string }> {
  const { name } = NewStreamKey.parse(input);
  const { db } = context;
  const [present] = await db.select({ keys: count() }).from(streamKeys).where(eq(streamKeys.station, station));
  if ((present?.keys ?? 0) >= LIMITS.keysPerStation) {
    throw conflict("too_many_keys", `A station may have ${LIMITS.keysPerStation} keys at most.`);
  }
  const secret = await makeSecret("streamKey");
  const id = crypto.randomUUID();
  const [created] = await db.batch([
    db
      .insert(streamKeys)
      .select(
        sql`select ${id}, ${stations.slug}, ${name}, ${secret.sha256}, ${context.clock.now()} from ${stations}
            where ${stations.slug} = ${station} and ${isNull(stations.deletedAt)}`,
      )
      .returning({ id: streamKeys.id }),
    insertIncidentIfChanged(
      db,
      incidentOf(context, { kind: "key-created", station, message: `key ${id} for ${name}` }),
    ),
  ]);
  if (created.length === 0) throw notFound(`station ${station}`);
  return { id, name, key: secret.plain };
}

/** Ends a key: a host who is on air with it is cut off with the next heartbeat. */
export async function revokeStreamKey(context: Context, station: StationSlug, id: string): Promise<void> {
  const { db } = context;
  const [revoked] = await db.batch([
    db
      .delete(streamKeys)
      .where(and(eq(streamKeys.station, station), eq(streamKeys.id, id)))
      .returning({ id: streamKeys.id }),
    insertIncidentIfChanged(db, incidentOf(context, { kind: "key-revoked", station, message: `key ${id}` })),
  ]);
  if (revoked.length === 0) throw notFound(`key ${id} of station ${station}`);
}

export async function listStreamKeys(
  { db }: Context,
  station: StationSlug,
  input: z.input<typeof PageQuery>,
): Promise<Page<{ id: string; name: string; createdAt: number }>> {
  const { limit, cursor } = PageQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.string()]));
  const isIt = and(eq(stations.slug, station), isNull(stations.deletedAt));
  const [found, rows] = await db.batch([
    db.select({ slug: stations.slug }).from(stations).where(isIt),
    db
      .select({ id: streamKeys.id, name: streamKeys.name, createdAt: streamKeys.createdAt })
      .from(streamKeys)
      .where(and(eq(streamKeys.station, station), behind ? gt(streamKeys.id, behind[0]) : undefined))
      .orderBy(asc(streamKeys.id))
      .limit(limit + 1),
  ]);
  if (found.length === 0) throw notFound(`station ${station}`);
  return pageOf(rows, limit, (row) => [row.id]);
}
