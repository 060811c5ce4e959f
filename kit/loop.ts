import { describe, type Log } from "./log.ts";

export type Loop = { stop(): Promise<void> };

/**
 * Runs `step` again and again with `pauseMs` between the end of one and the start of the next, until stopped. A step
 * that throws is logged and does not end the loop. `stop` waits for the step that is under way, whose signal aborts.
 */
export function startLoop(name: string, pauseMs: number, step: (signal: AbortSignal) => Promise<void>, log: Log): Loop {
  const abort = new AbortController();
  const run = async () => {
    while (!abort.signal.aborted) {
      try {
        await step(abort.signal);
      } catch (thrown) {
        if (!abort.signal.aborted) log.error(`${name} failed`, { error: describe(thrown) });
      }
      await pause(pauseMs, abort.signal);
    }
  };
  const ended = run();
  return {
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}
