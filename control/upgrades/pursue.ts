import { and, eq, isNotNull } from "drizzle-orm";
import { describe } from "../../kit/log.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Context } from "../context.ts";
import { origins, upgradeSteps, upgrades } from "../db/schema.ts";
import type { UpgradePhase, UpgradeState } from "../db/upgrades.ts";
import type { HealthPolicy } from "../health/health-policy.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { POLICY } from "../health/policy.ts";
import type { Provisioner } from "../health/provisioner.ts";
import { Refusal } from "../refusal.ts";
import { type Move, moveOrigin, type StandIns } from "../registry/move-origin.ts";
import type { Origin, Registry } from "../registry/registry.ts";
import { type Action, planUpgrade } from "./plan.ts";
import { UPGRADE } from "./policy.ts";
import { readOpenUpgrade } from "./stored.ts";
import type { FleetNow, OpenUpgrade, Step } from "./upgrade.ts";

export type PursuitDependencies = Omit<Context, "actor"> & { provisioner: Provisioner };

export type Pursuit = {
  registry: Registry;
  fleet: FleetNow;
  policy: HealthPolicy;
  /** Who could stand in for an origin now. */
  standIns(origin: string): StandIns;
};

/** Does the next thing that the open upgrade needs; answers whether anything has changed. Throws when D1 does not do its part. */
export async function pursueUpgrade(deps: PursuitDependencies, pursuit: Pursuit): Promise<boolean> {
  const upgrade = await inTime(() => readOpenUpgrade(deps.db));
  if (!upgrade) return false;
  const action = planUpgrade(upgrade, pursuit.fleet, pursuit.policy);
  if (action.do === "wait") return false;
  deps.log.info("upgrade goes on", { upgrade: upgrade.id, ...action });
  await carryOut(deps, pursuit, upgrade, action);
  return true;
}

async function carryOut(
  deps: PursuitDependencies,
  pursuit: Pursuit,
  upgrade: OpenUpgrade,
  action: Exclude<Action, { do: "wait" }>,
): Promise<void> {
  switch (action.do) {
    case "enter":
      return enter(deps, upgrade, action.origin, action.phase, action.reason);
    case "halt":
      return halt(deps, pursuit, upgrade, action.origin, action.reason);
    case "finish":
      return turn(deps, upgrade, "done", "all of them are at work");
    case "replace":
      return replace(deps, pursuit, upgrade, stepOf(upgrade, action.origin));
    case "drain":
    case "readmit":
      return move(deps, pursuit, action.origin, action.do);
  }
}

function stepOf({ steps }: OpenUpgrade, origin: string): Step {
  const step = steps.find((candidate) => candidate.origin === origin);
  if (!step) throw new TypeError(`${origin} has no part in the upgrade`);
  return step;
}

/** One on trial does no work that could be drained: it goes at once. What is refused is tried again, or no longer needed. */
async function move(
  deps: PursuitDependencies,
  { registry, standIns }: Pursuit,
  id: string,
  wanted: Move,
): Promise<void> {
  const context = { ...deps, actor: "control" };
  const state = registry.origins.find((origin) => origin.id === id)?.state;
  const how = wanted === "drain" && state === "trial" ? "evict" : wanted;
  try {
    await inTime(() => moveOrigin(context, id, how, standIns(id)));
    // Somebody who ended the upgrade at this moment has found nobody to call back.
    const isOver = how !== "readmit" && (await inTime(() => readOpenUpgrade(deps.db))) === null;
    if (isOver) await inTime(() => moveOrigin(context, id, "readmit", standIns(id)));
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    deps.log.warn("origin was not moved", { origin: id, move: how, reason: thrown.message });
  }
}

/** One that was not replaced yet is called back; one that was stays as it is, until somebody has decided. */
async function halt(
  deps: PursuitDependencies,
  pursuit: Pursuit,
  upgrade: OpenUpgrade,
  origin: string | null,
  reason: string,
): Promise<void> {
  if (origin !== null) {
    await enter(deps, upgrade, origin, "failed", reason);
    const isDraining = pursuit.registry.origins.some(({ id, state }) => id === origin && state === "draining");
    if (isDraining) await move(deps, pursuit, origin, "readmit");
  }
  await turn(deps, upgrade, "halted", origin === null ? reason : `${origin}: ${reason}`);
}

/** On condition that the step still is in the phase that was decided upon. */
async function enter(
  deps: PursuitDependencies,
  upgrade: OpenUpgrade,
  origin: string,
  phase: UpgradePhase,
  reason: string,
): Promise<void> {
  const now = deps.clock.now();
  const { phase: from } = stepOf(upgrade, origin);
  const event = { kind: "upgrade-step", origin, message: `${phase}: ${reason}` };
  await inTime(() =>
    deps.db.batch([
      deps.db
        .update(upgradeSteps)
        .set({ phase, phaseSince: now, reason })
        .where(and(isStep(upgrade, origin), eq(upgradeSteps.phase, from))),
      insertIncidentIfChanged(deps.db, incidentOf({ ...deps, actor: "control" }, event)),
    ]),
  );
}

const isStep = ({ id }: OpenUpgrade, origin: string) =>
  and(eq(upgradeSteps.upgrade, id), eq(upgradeSteps.origin, origin));

async function turn(
  deps: PursuitDependencies,
  { id }: OpenUpgrade,
  state: UpgradeState,
  reason: string,
): Promise<void> {
  const isEnd = state === "done";
  const incident = incidentOf({ ...deps, actor: "control" }, { kind: `upgrade-${state}`, message: reason });
  const now = incident.at;
  await inTime(() =>
    deps.db.batch([
      deps.db
        .update(upgrades)
        .set({ state, stateSince: now, reason, ...(isEnd ? { endedAt: now, open: null } : {}) })
        .where(and(eq(upgrades.id, id), isNotNull(upgrades.open))),
      insertIncidentIfChanged(deps.db, incident),
    ]),
  );
}

/** Asks for the new process. Should the answer be lost, it is asked for again, which does no harm. */
async function replace(deps: PursuitDependencies, pursuit: Pursuit, upgrade: OpenUpgrade, step: Step): Promise<void> {
  const node = pursuit.registry.origins.find(({ id }) => id === step.origin);
  if (!node) return;
  const askedAt = deps.clock.now();
  const answer = await ask(deps, node, step);
  if (answer.outcome === "wait" || (answer.outcome === "failed" && answer.retry)) {
    const dueAt = answer.outcome === "wait" ? answer.until : deps.clock.now() + UPGRADE.retryMs;
    await postpone(deps, upgrade, step, Math.ceil(dueAt), answer.reason);
    return;
  }
  if (answer.outcome === "failed") {
    return halt(deps, pursuit, upgrade, step.origin, `its node could not be made anew: ${answer.reason}`);
  }
  const isByHand = answer.outcome === "none";
  const reason = isByHand
    ? `nothing makes nodes here: start ${step.origin} anew yourself, as ${step.toImage ?? step.toVersion}`
    : (answer.detail ?? "its node is being made anew");
  const dueAt = isByHand ? askedAt + UPGRADE.byHandMs : 0;
  const event = { kind: "upgrade-step", origin: step.origin, message: `replacing: ${reason}` };
  const now = deps.clock.now();
  await inTime(() =>
    deps.db.batch([
      deps.db
        .update(upgradeSteps)
        .set({ phase: "replacing", phaseSince: now, replacedAt: askedAt, dueAt, reason })
        .where(and(isStep(upgrade, step.origin), eq(upgradeSteps.phase, "draining"))),
      insertIncidentIfChanged(deps.db, incidentOf({ ...deps, actor: "control" }, event)),
      deps.db.update(origins).set({ image: step.toImage }).where(eq(origins.id, step.origin)),
    ]),
  );
}

async function ask({ provisioner }: PursuitDependencies, node: Origin, step: Step) {
  const { id, url, rtmpUrl, roles, version } = node;
  try {
    return await provisioner.recreate({
      id,
      url,
      rtmpUrl,
      roles,
      version: step.toVersion ?? version,
      image: step.toImage,
    });
  } catch (thrown) {
    return { outcome: "failed" as const, retry: true, reason: describe(thrown) };
  }
}

async function postpone({ db }: PursuitDependencies, upgrade: OpenUpgrade, step: Step, dueAt: number, reason: string) {
  await inTime(() => db.update(upgradeSteps).set({ dueAt, reason }).where(isStep(upgrade, step.origin)));
}

function inTime<T>(work: () => Promise<T>): Promise<T> {
  return withTimeout(POLICY.databaseTimeoutMs, "D1", work);
}
