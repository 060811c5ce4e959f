import { and, asc, count, eq, gt, or } from "drizzle-orm";
import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import type { Database } from "../db/database.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { scheduleEntries } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { conflict, notFound } from "../refusal.ts";
import { readStation } from "../registry/read-stations.ts";
import { requireRelay } from "../relays/relays.ts";
import { EntryChange, NewEntry, ScheduleEntry, type StoredEntry } from "./entry.ts";
import { requirePlaylists } from "./playlists.ts";
import { SCHEDULE } from "./policy.ts";
import { requireMedia } from "./require-media.ts";
import { touchPlan } from "./touch-plan.ts";

type DatedEntry = StoredEntry & { createdAt: number; updatedAt: number };

/** Entries in the order in which they were made. */
export async function listEntries(
  context: Context,
  station: StationSlug,
  input: z.input<typeof PageQuery>,
): Promise<Page<DatedEntry>> {
  const { limit, cursor } = PageQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.number(), z.string()]));
  await readStation(context, station);
  const { createdAt, id } = scheduleEntries;
  const rows = await context.db
    .select()
    .from(scheduleEntries)
    .where(
      and(
        eq(scheduleEntries.station, station),
        behind ? or(gt(createdAt, behind[0]), and(eq(createdAt, behind[0]), gt(id, behind[1]))) : undefined,
      ),
    )
    .orderBy(asc(createdAt), asc(id))
    .limit(limit + 1);
  return pageOf(rows.map(entryOf), limit, (row) => [row.createdAt, row.id]);
}

/** All of them, which are not many. */
export async function readEntries(db: Database, station: StationSlug): Promise<StoredEntry[]> {
  const rows = await db.select().from(scheduleEntries).where(eq(scheduleEntries.station, station));
  return rows.map(entryOf);
}

export async function readEntry({ db }: Context, station: StationSlug, id: string): Promise<DatedEntry> {
  const [row] = await db.select().from(scheduleEntries).where(isIt(station, id));
  if (!row) throw notFound(`schedule entry ${id}`);
  return entryOf(row);
}

export async function createEntry(
  context: Context,
  station: StationSlug,
  input: z.input<typeof NewEntry>,
): Promise<DatedEntry> {
  const entry = NewEntry.parse(input);
  const { db, clock } = context;
  await readStation(context, station);
  await requireContent(context, station, entry);
  const [present] = await db
    .select({ number: count() })
    .from(scheduleEntries)
    .where(eq(scheduleEntries.station, station));
  if ((present?.number ?? 0) >= SCHEDULE.entriesPerStation) {
    throw conflict("too_many_entries", `A schedule may have ${SCHEDULE.entriesPerStation} entries.`);
  }
  const now = clock.now();
  const id = crypto.randomUUID();
  await db.batch([
    db.insert(scheduleEntries).values({ id, station, ...entry, createdAt: now, updatedAt: now }),
    insertIncidentIfChanged(db, incidentOf(context, told("created", station, id, entry.title))),
    touchPlan(db, station),
  ]);
  return readEntry(context, station, id);
}

export async function changeEntry(
  context: Context,
  station: StationSlug,
  id: string,
  input: z.input<typeof EntryChange>,
): Promise<DatedEntry> {
  const change = EntryChange.parse(input);
  const { db, clock } = context;
  const { id: _, createdAt, updatedAt, ...present } = await readEntry(context, station, id);
  const entry = ScheduleEntry.parse({ ...present, ...change });
  await requireContent(context, station, entry);
  await db.batch([
    db
      .update(scheduleEntries)
      .set({ ...entry, updatedAt: clock.now() })
      .where(isIt(station, id)),
    insertIncidentIfChanged(db, incidentOf(context, told("changed", station, id, entry.title))),
    touchPlan(db, station),
  ]);
  return readEntry(context, station, id);
}

export async function deleteEntry(context: Context, station: StationSlug, id: string): Promise<void> {
  const { db } = context;
  const { title } = await readEntry(context, station, id);
  await db.batch([
    db.delete(scheduleEntries).where(isIt(station, id)),
    insertIncidentIfChanged(db, incidentOf(context, told("deleted", station, id, title))),
    touchPlan(db, station),
  ]);
}

async function requireContent(context: Context, station: StationSlug, { content }: ScheduleEntry): Promise<void> {
  if (content.kind === "show") await requireMedia(context, station, content.media);
  if (content.kind === "playlist") await requirePlaylists(context, station, [content.playlist]);
  if (content.kind === "relay") await requireRelay(context, station, content.relay);
  if (content.kind === "live") await requirePlaylists(context, station, [content.absent]);
}

function entryOf({ station: _, ...row }: typeof scheduleEntries.$inferSelect): DatedEntry {
  return row;
}

function isIt(station: StationSlug, id: string) {
  return and(eq(scheduleEntries.station, station), eq(scheduleEntries.id, id));
}

function told(verb: string, station: StationSlug, id: string, title: string) {
  return { kind: `schedule-entry-${verb}`, station, message: `schedule entry ${id}, "${title}"` };
}
