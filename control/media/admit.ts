import { and, count, eq, isNull } from "drizzle-orm";
import type { Sha256, StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { media, parts, uploads } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { queueJobIfChanged } from "../jobs/queue.ts";
import { conflict } from "../refusal.ts";
import { MEDIA } from "./policy.ts";
import type { MediaRow } from "./read-media.ts";
import type { StoredUpload } from "./read-uploads.ts";
import { searchTextOf } from "./search-text.ts";

/** Throws a conflict where the station's library is full. */
export async function requireRoom({ db }: Context, station: StationSlug): Promise<void> {
  const isThere = and(eq(media.station, station), isNull(media.deletedAt));
  const [taken] = await db.select({ files: count() }).from(media).where(isThere);
  if ((taken?.files ?? 0) < MEDIA.filesPerStation) return;
  throw conflict("library_full", `A station may have ${MEDIA.filesPerStation} files at most.`);
}

/** An upload that lies in R2 as a whole becomes a file of the library, and waits to be prepared. Once is enough. */
export async function admitUpload(context: Context, upload: StoredUpload, sha256: Sha256): Promise<void> {
  const { db } = context;
  const { id, station } = upload;
  await db.batch([
    db
      .insert(media)
      .values(rowOf(context, upload, sha256))
      .onConflictDoNothing(),
    insertIncidentIfChanged(
      db,
      incidentOf(context, { kind: "media-added", station, message: `file ${id}, "${upload.fileName}"` }),
    ),
    queueJobIfChanged(context, { media: id, station, attempt: 1 }),
    db.delete(parts).where(eq(parts.owner, id)),
    db.delete(uploads).where(eq(uploads.id, id)),
  ]);
}

function rowOf({ clock }: Context, upload: StoredUpload, sha256: Sha256): MediaRow {
  const { id, station, kind, fileName, contentType, bytes, createdBy } = upload;
  const now = clock.now();
  const described = { title: "", artist: "", album: "", tags: [], fileName };
  return {
    id,
    station,
    kind,
    contentType,
    bytes,
    sha256,
    state: "uploaded",
    ...described,
    isrc: "",
    year: null,
    searchText: searchTextOf(described),
    preparation: null,
    preparedSha256: null,
    coverSha256: null,
    peaks: null,
    reviewedBy: null,
    reviewedAt: null,
    reason: null,
    distribution: "private",
    createdBy,
    createdAt: now,
    updatedAt: now,
    revision: 1,
    deletedAt: null,
  };
}
