import { and, asc, eq, isNull } from "drizzle-orm";
import { describe } from "../../kit/log.ts";
import { withTimeout } from "../../kit/race.ts";
import { backoff } from "../../kit/retry.ts";
import type { EvictionStep } from "../db/eviction-steps.ts";
import { evictionSteps, origins } from "../db/schema.ts";
import { type EvictionDependencies, PERFORM, type Result, type Standing, type Waiting } from "./eviction-work.ts";
import { incidentOf, insertIncidentIfChanged } from "./incident.ts";
import { POLICY } from "./policy.ts";
import type { Event } from "./story.ts";

type Row = Pick<typeof evictionSteps.$inferSelect, "origin" | "evictedAt" | "step" | "attempts" | "dueAt">;

type Ending = Exclude<Result, Waiting>;

const ATTEMPTS = 6;
const RETRY = { firstMs: 2000, maxMs: 60_000 };

/**
 * Goes on with what there is to do about evictions, each one's steps in their order; answers whether anything has
 * come to an end. Reads no D1 when the registry shows nothing open. Throws when D1 does not do its part.
 */
export async function pursueEvictions(deps: EvictionDependencies, standing: Standing): Promise<boolean> {
  if (!standing.registry.origins.some(({ stepsOpen }) => stepsOpen)) return false;
  const rows = await inTime(() =>
    deps.db
      .select()
      .from(evictionSteps)
      .where(isNull(evictionSteps.endedAt))
      .orderBy(asc(evictionSteps.origin), asc(evictionSteps.evictedAt), asc(evictionSteps.position)),
  );
  const byOrigin = Map.groupBy(rows, ({ origin }) => origin);
  const ended = await Promise.all([...byOrigin.values()].map((steps) => pursue(deps, standing, steps)));
  return ended.some(Boolean);
}

async function pursue(deps: EvictionDependencies, standing: Standing, steps: readonly Row[]): Promise<boolean> {
  let ended = false;
  for (const row of steps) {
    if (row.dueAt > deps.clock.now()) return ended;
    const beganAt = deps.clock.now();
    const result = await perform(deps, standing, row);
    if ("wait" in result) {
      if (result.until !== undefined) await putOff(deps, row, result.wait, result.until);
      return ended;
    }
    const isEnd = await record(deps, row, result, beganAt);
    if (!isEnd) return ended;
    ended = true;
  }
  return ended;
}

async function perform(deps: EvictionDependencies, { registry, published }: Standing, row: Row): Promise<Result> {
  const origin = registry.origins.find(({ id }) => id === row.origin);
  if (!origin || origin.stateSince > row.evictedAt) return { done: "the origin has moved on since" };
  try {
    return await PERFORM[row.step](deps, { registry, published, origin: row.origin, evictedAt: row.evictedAt });
  } catch (thrown) {
    return { failed: describe(thrown), retry: true };
  }
}

/** It is not its turn: it is asked for again then, and this was no attempt. */
async function putOff({ db }: EvictionDependencies, row: Row, reason: string, until: number): Promise<void> {
  const dueAt = Math.ceil(until);
  await inTime(() =>
    db
      .update(evictionSteps)
      .set({ dueAt, outcome: `waits: ${reason}` })
      .where(isOpen(row)),
  );
}

function isOpen({ origin, evictedAt, step }: Row) {
  return and(
    eq(evictionSteps.origin, origin),
    eq(evictionSteps.evictedAt, evictedAt),
    eq(evictionSteps.step, step),
    isNull(evictionSteps.endedAt),
  );
}

/** Writes down what came of a step, on condition that nobody has yet; true when the step has ended. */
async function record(deps: EvictionDependencies, row: Row, result: Ending, beganAt: number): Promise<boolean> {
  const { db, clock } = deps;
  const attempts = row.attempts + 1;
  if ("failed" in result && result.retry && attempts < ATTEMPTS) {
    const dueAt = Math.ceil(clock.now() + backoff(row.attempts, RETRY));
    const retried = db.update(evictionSteps).set({ attempts, dueAt, outcome: result.failed }).where(isOpen(row));
    const message = `${row.step} failed and is tried again: ${result.failed}`;
    const told = tell(deps, row, { kind: "eviction-step-retried", message }, clock.now());
    await inTime(() => db.batch(attempts === 1 ? [retried, told] : [retried]));
    deps.log.warn("eviction step failed", { origin: row.origin, step: row.step, attempts, reason: result.failed });
    return false;
  }
  const { outcome, event } = endOf(row.step, attempts, result);
  const end = db.update(evictionSteps).set({ attempts, outcome, endedAt: clock.now() }).where(isOpen(row));
  // Since it was asked: the new process may register before the answer is here.
  const at = "isRecreated" in result ? beganAt : clock.now();
  const replaced =
    "isRecreated" in result
      ? [
          db
            .update(origins)
            .set({ state: "reprovisioning", stateSince: at })
            .where(
              and(eq(origins.id, row.origin), eq(origins.state, "evicted"), eq(origins.stateSince, row.evictedAt)),
            ),
        ]
      : [];
  await inTime(() => db.batch([end, tell(deps, row, event, at), ...replaced]));
  return true;
}

/** For a batch, right after the write it tells of; `at` is Unix ms. */
function tell({ db }: EvictionDependencies, { origin }: Row, event: Event, at: number) {
  return insertIncidentIfChanged(db, incidentOf({ clock: { now: () => at }, actor: "control" }, { ...event, origin }));
}

/** What came of a step, for its row and for the story. */
function endOf(step: EvictionStep, attempts: number, result: Ending): { outcome: string; event: Event } {
  if ("done" in result) {
    const told = { kind: "eviction-step", message: `${step}: ${result.done}` };
    return { outcome: result.done, event: result.event ?? told };
  }
  const message = `${step} was given up after ${attempts} attempts: ${result.failed}`;
  return { outcome: `given up: ${result.failed}`, event: { kind: "eviction-step-failed", message } };
}

function inTime<T>(work: () => Promise<T>): Promise<T> {
  return withTimeout(POLICY.databaseTimeoutMs, "D1", work);
}
