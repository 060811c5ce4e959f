import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { startLoop } from "../../kit/loop.ts";
import { withTimeout } from "../../kit/race.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { IncidentQueue } from "./incident-queue.ts";
import { type Action, climb, GROUND, type Standing } from "./ladder.ts";
import { type Part, type Resource, RUNGS } from "./rungs.ts";
import type { NodeFacts } from "./trouble.ts";

const LOOK_MS = 1000;
const ACT_WITHIN_MS = 10_000;
/** A node that did not look for so long was itself asleep: what it sees then is its own absence, not a fault. */
const ASLEEP_MS = 5000;
const AWAKE_AFTER_MS = 7000;

export type LadderOptions = {
  gather(look: { resources: boolean; deep: boolean }): Promise<NodeFacts>;
  restart(part: Part, station: string | null): Promise<void>;
  repair(resource: Resource): Promise<void>;
  /** Ends the process. */
  end(code: ExitCode): void;
  /** The rung is another one now: control should hear of it at once. */
  onRung(): void;
  incidents: Pick<IncidentQueue, "add">;
  clock: Clock;
  log: Log;
};

export type Ladder = {
  /** Where the node stands; `detail` is empty where all is well. */
  standing(): Standing & { serving: boolean };
  stop(): Promise<void>;
};

/** Looks at the node every second, and does what the ladder says. */
export function startLadder(options: LadderOptions): Ladder {
  const { clock, log, incidents } = options;
  let standing: Standing = { ...GROUND, since: clock.monotonic() };
  let lookedAt = clock.monotonic();
  let awakeAt = Number.NEGATIVE_INFINITY;

  async function look(): Promise<void> {
    const now = clock.monotonic();
    if (now - lookedAt > ASLEEP_MS) {
      log.warn("the node was asleep", { ms: Math.round(now - lookedAt) });
      awakeAt = now + AWAKE_AFTER_MS;
    }
    if (now < awakeAt) return;
    const { deep } = RUNGS[standing.rung];
    const facts = await options.gather({ resources: standing.rung !== "well", deep });
    const { standing: next, action } = climb(standing, facts, clock.monotonic());
    const moved = next !== standing;
    if (moved) tell(standing, next);
    standing = next;
    if (moved) options.onRung();
    if (action === null) return;
    await act(action);
    // One looks again so long after the deed, not after the decision.
    standing = { ...standing, since: clock.monotonic() };
  }

  function tell(from: Standing, to: Standing): void {
    log.info("the ladder", { from: from.rung, to: to.rung, detail: to.detail });
    if (to.rung === "well") incidents.add("ladder-well", null, `well again, after: ${from.detail}`);
    else if (to.rung !== "deep") incidents.add(`ladder-${to.rung}`, null, to.detail);
  }

  async function act(action: Action): Promise<void> {
    try {
      await withTimeout(ACT_WITHIN_MS, action.kind, async () => {
        if (action.kind === "restart") await options.restart(action.part, action.station);
        if (action.kind === "repair") await options.repair(action.resource);
        if (action.kind === "end") options.end(action.code);
      });
    } catch (thrown) {
      log.error("what the ladder says could not be done", { action, error: describe(thrown) });
    }
  }

  const loop = startLoop(
    "the ladder",
    LOOK_MS,
    async () => {
      await look();
      lookedAt = clock.monotonic();
    },
    log,
  );
  return {
    standing: () => ({ ...standing, serving: RUNGS[standing.rung].serving }),
    stop: () => loop.stop(),
  };
}
