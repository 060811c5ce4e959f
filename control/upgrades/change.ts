import { and, eq, inArray, isNotNull, notInArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import { upgradeSteps, upgrades } from "../db/schema.ts";
import type { UpgradeState } from "../db/upgrades.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { conflict } from "../refusal.ts";
import { moveOrigin, type StandIns } from "../registry/move-origin.ts";
import { listOrigins } from "../registry/read-origins.ts";
import { readUpgrade, type StoredUpgrade } from "./read.ts";
import { insertUpgrade } from "./start.ts";
import { IN_HAND } from "./upgrade.ts";

/** Nobody need stand in for one that comes back. */
const NOBODY: StandIns = { alive: [], covers: [] };

/** No further node is begun with; the one in hand goes on to its end. Conflict unless it runs. */
export async function pauseUpgrade(context: Context, id: string): Promise<void> {
  await readUpgrade(context, id);
  await turn(context, id, ["running"], "paused", "by hand");
}

/** Goes on where it paused or halted; what failed is tried again. Conflict unless it did either. */
export async function resumeUpgrade(context: Context, id: string): Promise<void> {
  await readUpgrade(context, id);
  await turn(context, id, ["paused", "halted"], "running", "by hand");
  await context.db
    .update(upgradeSteps)
    .set({ phase: "waiting", phaseSince: context.clock.now(), dueAt: 0 })
    .where(and(eq(upgradeSteps.upgrade, id), eq(upgradeSteps.phase, "failed")));
}

/** Ends it as it stands: who is out by it is called back, as what it is now. Conflict when it has ended. */
export async function cancelUpgrade(context: Context, id: string): Promise<void> {
  const upgrade = await readUpgrade(context, id);
  await turn(context, id, ["running", "paused", "halted"], "cancelled", "by hand");
  await callBack(context, upgrade, () => true);
  await leaveSteps(context, id, "the upgrade was cancelled");
}

/** Ends it, if it has not ended, and brings whatever it replaced back to what it was, last first; answers the new upgrade's id. */
export async function rollBackUpgrade(context: Context, id: string): Promise<string> {
  const upgrade = await readUpgrade(context, id);
  const replaced = upgrade.steps.filter(({ replacedAt }) => replacedAt !== null);
  if (upgrade.state === "rolled-back") throw conflict("wrong_state", "It was rolled back before.");
  if (replaced.length === 0) throw conflict("nothing_replaced", "It has replaced nothing yet: cancel it.");
  const isOpen = upgrade.endedAt === null;
  if (isOpen) await turn(context, id, ["running", "paused", "halted"], "rolled-back", "by hand");
  await callBack(context, upgrade, ({ replacedAt }) => replacedAt === null);
  await leaveSteps(context, id, "the upgrade was rolled back");
  const steps = replaced
    .toReversed()
    .map(({ origin, fromVersion, fromImage }) => ({ origin, toVersion: fromVersion, toImage: fromImage }));
  const successor = await insertUpgrade(context, await listOrigins(context), {
    steps,
    settleMs: upgrade.settleMs,
    rollbackOf: id,
    kind: "upgrade-rolled-back",
    message: `to what they were: ${steps.map(({ origin }) => origin).join(", ")}`,
  });
  if (!isOpen) await context.db.update(upgrades).set({ state: "rolled-back" }).where(eq(upgrades.id, id));
  return successor;
}

async function turn(
  context: Context,
  id: string,
  from: UpgradeState[],
  to: UpgradeState,
  reason: string,
): Promise<void> {
  const { db } = context;
  const isEnd = to !== "running" && to !== "paused";
  const kind = to === "running" ? "upgrade-resumed" : `upgrade-${to}`;
  const incident = incidentOf(context, { kind, message: reason });
  // Of one moment, for its story ends with it.
  const now = incident.at;
  const [turned] = await db.batch([
    db
      .update(upgrades)
      .set({ state: to, stateSince: now, reason, ...(isEnd ? { endedAt: now, open: null } : {}) })
      .where(and(eq(upgrades.id, id), isNotNull(upgrades.open), inArray(upgrades.state, from)))
      .returning({ id: upgrades.id }),
    insertIncidentIfChanged(db, incident),
  ]);
  if (turned.length === 0) throw conflict("wrong_state", `That can be done only while it is ${from.join(" or ")}.`);
}

/** What was not done yet is not done any more. */
async function leaveSteps({ db, clock }: Context, id: string, reason: string): Promise<void> {
  const isLeft = notInArray(upgradeSteps.phase, ["done", "skipped"]);
  await db
    .update(upgradeSteps)
    .set({ phase: "skipped", phaseSince: clock.now(), reason })
    .where(and(eq(upgradeSteps.upgrade, id), isLeft));
}

/** Whom the upgrade has taken out, and not brought back. */
async function callBack(
  context: Context,
  { steps }: StoredUpgrade,
  isMeant: (step: StoredUpgrade["steps"][number]) => boolean,
) {
  const present = await listOrigins(context);
  for (const step of steps) {
    const origin = present.find(({ id }) => id === step.origin);
    const isTouched = IN_HAND.has(step.phase) || step.phase === "failed";
    const isOut = origin?.state === "draining" || (origin?.state === "evicted" && origin.held);
    if (isTouched && isOut && isMeant(step)) await moveOrigin(context, step.origin, "readmit", NOBODY);
  }
}
