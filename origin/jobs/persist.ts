import { pause } from "../../kit/loop.ts";
import { backoff } from "../../kit/retry.ts";
import { ControlError } from "../agent/control-client.ts";

const TRIES = 6;
const PATIENCE = { firstMs: 500, maxMs: 10_000 };

/** Whether the same call may work soon. */
export function isPassing(thrown: unknown): boolean {
  return thrown instanceof ControlError && thrown.kind === "unreachable";
}

export function pauseAfter(failures: number, signal: AbortSignal): Promise<void> {
  return pause(backoff(failures - 1, PATIENCE), signal);
}

/** Six tries, spread over half a minute, at what fails only because control is away or ill. */
export async function persist<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (thrown) {
      if (!isPassing(thrown) || failures === TRIES || signal.aborted) throw thrown;
    }
    await pauseAfter(failures, signal);
  }
}
