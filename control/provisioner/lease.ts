import { and, desc, eq, ne, sql } from "drizzle-orm";
import { describe } from "../../kit/log.ts";
import { TimeoutError, withTimeout } from "../../kit/race.ts";
import type { Context } from "../context.ts";
import { provisionings } from "../db/schema.ts";
import { POLICY } from "../health/policy.ts";
import type { Node, Provisioner, Recreation } from "../health/provisioner.ts";
import { PROVISIONING } from "./policy.ts";

type LeaseDependencies = Pick<Context, "db" | "clock" | "log">;

/**
 * Lets a provisioner make each node anew once at a time, with a pause between, and few nodes within a while: who
 * comes too early is told when to come again. Never throws.
 */
export function withLease(provisioner: Provisioner, deps: LeaseDependencies): Provisioner {
  return {
    async recreate(node) {
      try {
        const lease = await inTime(() => takeLease(deps, node));
        if (lease === null) return await inTime(() => whenToAskAgain(deps, node));
        const recreation = await recreateInTime(provisioner, node);
        await inTime(() => endLease(deps, node, lease, recreation));
        deps.log.info("node recreation", { origin: node.id, ...recreation });
        return recreation;
      } catch (thrown) {
        return { outcome: "failed", retry: true, reason: describe(thrown) };
      }
    },
  };
}

async function recreateInTime(provisioner: Provisioner, node: Node): Promise<Recreation> {
  try {
    return await withTimeout(PROVISIONING.totalTimeoutMs, "the recreation", () => provisioner.recreate(node));
  } catch (thrown) {
    const reason = thrown instanceof TimeoutError ? thrown.message : describe(thrown);
    return { outcome: "failed", retry: true, reason };
  }
}

/** Null when the node's lease is held, or enough nodes were begun lately. One statement: of two who ask, one gets it. */
async function takeLease({ db, clock }: LeaseDependencies, { id }: Node): Promise<string | null> {
  const now = clock.now();
  const lease = crypto.randomUUID();
  const row = { lease, startedAt: now, heldUntil: now + PROVISIONING.leaseMs, finishedAt: null, outcome: null };
  const [taken] = await db
    .insert(provisionings)
    .select(
      sql`select ${id}, ${lease}, ${now}, ${row.heldUntil}, null, null
          where (select count(*) from ${provisionings} as other
                 where other.origin <> ${id} and other.started_at > ${now - PROVISIONING.windowMs}) < ${PROVISIONING.perWindow}`,
    )
    .onConflictDoUpdate({ target: provisionings.origin, set: row, setWhere: sql`${provisionings.heldUntil} <= ${now}` })
    .returning({ lease: provisionings.lease });
  return taken?.lease ?? null;
}

/** When the node's own lease is over and fewer others than the window allows were begun lately. */
async function whenToAskAgain({ db, clock }: LeaseDependencies, { id }: Node): Promise<Recreation> {
  const now = clock.now();
  const [own, others] = await db.batch([
    db.select({ heldUntil: provisionings.heldUntil }).from(provisionings).where(eq(provisionings.origin, id)),
    db
      .select({ startedAt: provisionings.startedAt })
      .from(provisionings)
      .where(ne(provisionings.origin, id))
      .orderBy(desc(provisionings.startedAt))
      .limit(PROVISIONING.perWindow),
  ]);
  const isOwn = (own[0]?.heldUntil ?? 0) > now;
  const first = others.length === PROVISIONING.perWindow ? others.at(-1) : undefined;
  const until = Math.max(own[0]?.heldUntil ?? 0, (first?.startedAt ?? 0) + PROVISIONING.windowMs, now + 1);
  return { outcome: "wait", until, reason: isOwn ? "it was asked for already" : "others are being made anew" };
}

/** What failed may be tried again at once; what was accepted gets its pause. */
async function endLease({ db, clock }: LeaseDependencies, { id }: Node, lease: string, recreation: Recreation) {
  const now = clock.now();
  const heldUntil = recreation.outcome === "accepted" ? now + PROVISIONING.pauseMs : now;
  await db
    .update(provisionings)
    .set({ finishedAt: now, heldUntil, outcome: recreation.outcome })
    .where(and(eq(provisionings.origin, id), eq(provisionings.lease, lease)));
}

const inTime = <T>(work: () => Promise<T>) => withTimeout(POLICY.databaseTimeoutMs, "D1", work);
