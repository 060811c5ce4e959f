import { z } from "zod";
import { StationPlan } from "../../contracts/plan.ts";
import { createRundown, type Rundown } from "../../contracts/rundown/rundown.ts";
import { describe, type Log } from "../../kit/log.ts";
import { pause, startLoop } from "../../kit/loop.ts";
import { inTrace } from "../process/trace.ts";
import type { EdgeStation } from "../uploader/ask-edge.ts";
import { fetchPlan } from "./fetch-plan.ts";
import { recallPlan, rememberPlan } from "./plan-memory.ts";

/** A plan, and what it makes of the time. */
export type Planned = { plan: StationPlan; rundown: Rundown };

export type PlanStore = {
  /** The newest plan that was understood; null before the first. A new object means a new plan. */
  current(): Planned | null;
  /** Resolves when what was remembered of before a restart is known; it never rejects. */
  recalled: Promise<void>;
  stop(): Promise<void>;
};

export type PlanStoreOptions = {
  edge: EdgeStation;
  /** Where plans are remembered over a restart. */
  folder: string;
  onIncident(incident: { kind: string; message: string }): void;
  log: Log;
  /** Ms between two questions, of which the later half is left to chance, so that a fleet does not ask in step. */
  everyMs?: number;
  random?: () => number;
};

const EVERY_MS = 6000;

/** Keeps a station's plan: asks the edge for it every few seconds, and goes on with the last good one while it cannot. */
export function startPlanStore(options: PlanStoreOptions): PlanStore {
  const { edge, folder, onIncident, log, everyMs = EVERY_MS, random = Math.random } = options;
  const { station } = edge;
  let planned: Planned | null = null;
  let etag: string | null = null;
  let isFailing = false;

  async function recall(): Promise<void> {
    try {
      const remembered = await recallPlan(folder, station);
      if (remembered === null) return;
      follow(remembered.plan);
      etag = remembered.etag;
    } catch (thrown) {
      log.warn("the remembered plan cannot be used", { error: describe(thrown).slice(0, 300) });
    }
  }

  async function look(signal: AbortSignal): Promise<void> {
    const fetched = await fetchPlan(edge, etag, signal);
    if (fetched === null) return;
    // One that makes no sense is not asked for again and again, either.
    etag = fetched.etag;
    const understood = understand(fetched.text, station);
    if (typeof understood === "string") return onIncident({ kind: "plan-invalid", message: understood });
    follow(understood);
    await rememberPlan(folder, station, fetched);
  }

  function follow(plan: StationPlan): void {
    planned = { plan, rundown: createRundown(plan) };
    log.info("a new plan", { version: plan.version, tracks: plan.tracks.length, slots: plan.slots.length });
  }

  const recalled = recall();
  const loop = startLoop(
    "looking for a plan",
    everyMs / 2,
    async (signal) => {
      await recalled;
      try {
        await inTrace(() => look(signal));
        isFailing = false;
      } catch (thrown) {
        if (!isFailing && !signal.aborted) log.warn("the plan cannot be looked for", { error: describe(thrown) });
        isFailing = true;
      }
      await pause((random() * everyMs) / 2, signal);
    },
    log,
  );
  return { current: () => planned, recalled, stop: () => loop.stop() };
}

/** The plan, or why it is none. */
function understand(text: string, station: string): StationPlan | string {
  try {
    const plan = StationPlan.parse(JSON.parse(text));
    return plan.station === station ? plan : `the plan is that of ${plan.station}`;
  } catch (thrown) {
    const why = thrown instanceof z.ZodError ? z.prettifyError(thrown) : describe(thrown);
    return `the plan makes no sense: ${why}`.slice(0, 1000);
  }
}
