import type { PlannedRelay } from "../../contracts/plan.ts";
import { type Loop, pause, startLoop } from "../../kit/loop.ts";
import { type RelayOptions, RelaySource } from "./relay-source.ts";

/** A sixth of the time is enough to know a stream, and costs a sixth. */
const LISTEN_MS = 10_000;
const REST_MS = 50_000;
const TICK_MS = 100;

/** Measures a relay that is on trial: listens for a while each minute, and never puts it on air. */
export function startTrial(
  relay: PlannedRelay,
  options: RelayOptions,
  { listenMs = LISTEN_MS, restMs = REST_MS }: { listenMs?: number; restMs?: number } = {},
): Loop {
  return startLoop(
    "a relay's trial",
    restMs,
    async (signal) => {
      const source = new RelaySource(relay, options);
      const timer = setInterval(() => source.tick(TICK_MS), TICK_MS);
      await pause(listenMs, signal);
      clearInterval(timer);
      await source.close();
      // So that relays on trial do not go on listening all at once.
      await pause((options.random ?? Math.random)() * listenMs, signal);
    },
    options.log,
  );
}
