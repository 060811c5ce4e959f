import { eq, sql } from "drizzle-orm";
import { ROUTING_COPY_KEY, ROUTING_KEY, type Routing } from "../../contracts/routing.ts";
import type { Clock } from "../../kit/clock.ts";
import { withTimeout } from "../../kit/race.ts";
import { sha256Of } from "../auth/hash.ts";
import type { Database } from "../db/database.ts";
import { publications } from "../db/schema.ts";
import { POLICY } from "../health/policy.ts";
import type { Snapshot } from "./build-snapshot.ts";

const ONLY_ROW = 1;

/** What stands in R2, as far as we know. */
export type Publication = Pick<typeof publications.$inferSelect, "version" | "sha256" | "etag">;

export type RoutingBucket = {
  head(key: string): Promise<R2Object | null>;
  put(key: string, value: string, options: R2PutOptions): Promise<R2Object | null>;
};

export type PublishDependencies = { db: Database; bucket: RoutingBucket; clock: Clock };

export async function loadPublication(db: Database): Promise<Publication> {
  const row = await db.query.publications.findFirst({ where: eq(publications.id, ONLY_ROW) });
  return row ?? { version: 0, sha256: null, etag: null };
}

/**
 * Publishes a snapshot to R2 unless it stands there already; answers what stands there now. The version is given out
 * by D1 before the put, above that of any object found in R2, so it rises even if D1 was restored or emptied. The put
 * replaces only the object that was looked at: one that hangs and lands late cannot bury a newer one. The copy is put
 * first, so that there always is one. Throws when D1 or R2 does not do its part; the next sweep tries again.
 */
export async function publish(
  { db, bucket, clock }: PublishDependencies,
  snapshot: Snapshot,
  known: Publication,
): Promise<Publication> {
  const sha256 = await snapshotHash(snapshot);
  const present = await withTimeout(POLICY.bucketTimeoutMs, "R2 head", () => bucket.head(ROUTING_KEY));
  if (present && sha256 === known.sha256 && present.etag === known.etag) return known;

  const version = await nextVersion(db, Number(present?.customMetadata?.version ?? 0));
  const routing: Routing = { ...snapshot, version, publishedAt: clock.now() };
  const text = JSON.stringify(routing);
  const described = {
    httpMetadata: { contentType: "application/json" },
    customMetadata: { version: String(version) },
  };
  const object = await withTimeout(POLICY.bucketTimeoutMs, "R2 put", async () => {
    await bucket.put(ROUTING_COPY_KEY, text, described);
    const onlyIf = present ? { etagMatches: present.etag } : { etagDoesNotMatch: "*" };
    return bucket.put(ROUTING_KEY, text, { ...described, onlyIf });
  });
  if (!object) throw new Error("routing was written by somebody else at the same time");

  const publication = { version, sha256, etag: object.etag };
  await withTimeout(POLICY.databaseTimeoutMs, "D1", async () => {
    await db
      .update(publications)
      .set({ ...publication, publishedAt: routing.publishedAt })
      .where(eq(publications.id, ONLY_ROW));
  });
  return publication;
}

export function snapshotHash(snapshot: Snapshot): Promise<string> {
  return sha256Of(JSON.stringify(snapshot));
}

async function nextVersion(db: Database, found: number): Promise<number> {
  const floor = Number.isSafeInteger(found) ? found : 0;
  const [row] = await withTimeout(POLICY.databaseTimeoutMs, "D1", async () =>
    db
      .insert(publications)
      .values({ id: ONLY_ROW, version: floor + 1 })
      .onConflictDoUpdate({
        target: publications.id,
        set: { version: sql`max(${publications.version}, ${floor}) + 1` },
      })
      .returning({ version: publications.version }),
  );
  if (!row) throw new Error("D1 gave out no routing version");
  return row.version;
}
