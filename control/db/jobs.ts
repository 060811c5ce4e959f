import { sql } from "drizzle-orm";
import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { JobId, JobPhase } from "../../contracts/jobs.ts";
import type { MediaId } from "../../contracts/media.ts";
import type { OriginId, Sha256, StationSlug } from "../../contracts/names.ts";
import { media } from "./media.ts";

/**
 * `done`: prepared; `rejected`: nobody can; `returned`: that origin could not; `lost`: its lease ran out; `cancelled`: the
 * file was deleted.
 */
export const JOB_STATES = ["waiting", "running", "done", "rejected", "returned", "lost", "cancelled"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Each row is one try at preparing a file. A file has one that is not over at most. */
export const jobs = sqliteTable(
  "jobs",
  {
    id: text().$type<JobId>().primaryKey(),
    media: text()
      .$type<MediaId>()
      .notNull()
      .references(() => media.id),
    station: text().$type<StationSlug>().notNull(),
    /** 1, 2, 3. */
    attempt: integer().notNull(),
    state: text().$type<JobState>().notNull(),
    /** Who holds it, or held it, and until when. */
    origin: text().$type<OriginId>(),
    heldUntil: integer("held_until"),
    phase: text().$type<JobPhase>(),
    share: real().notNull(),
    /** What R2 calls the multipart upload of the prepared file. */
    multipart: text(),
    /** What was stored of it, should nobody come to need it. */
    preparedSha256: text("prepared_sha256").$type<Sha256>(),
    reason: text(),
    createdAt: integer("created_at").notNull(),
    startedAt: integer("started_at"),
    finishedAt: integer("finished_at"),
  },
  (table) => [
    uniqueIndex("jobs_open").on(table.media).where(sql`state in ('waiting', 'running')`),
    index("jobs_state").on(table.state, table.createdAt, table.id),
    index("jobs_station").on(table.station, table.createdAt, table.id),
    index("jobs_media").on(table.media, table.createdAt),
    index("jobs_finished").on(table.finishedAt),
  ],
);
