import type { Log } from "../../kit/log.ts";
import { type Loop, pause, startLoop } from "../../kit/loop.ts";
import { startPublisher } from "../harness/publisher.ts";
import type { Stack } from "../harness/stack.ts";

/** A host is on the air for a third of the time; four times in a soak, and at least every quarter of an hour. */
const SHOWS = 4;
const MOST_BETWEEN_MS = 15 * 60_000;
const SHARE = 1 / 3;

/** Goes live on the demo station part of the time, over RTMP, until stopped. */
export function startHost(stack: Stack, minutes: number, log: Log): Loop {
  const roundMs = Math.min((minutes * 60_000) / SHOWS, MOST_BETWEEN_MS);
  return startLoop(
    "the host",
    0,
    async (signal) => {
      await pause((roundMs * (1 - SHARE)) / 2, signal);
      if (signal.aborted) return;
      const host = await startPublisher(await stack.liveUrl(), { tone: 440 }, { title: "Soak" });
      await pause(roundMs * SHARE, signal);
      await host.stop();
      await pause((roundMs * (1 - SHARE)) / 2, signal);
    },
    log,
  );
}
