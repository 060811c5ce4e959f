import { pause } from "../../kit/loop.ts";

const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

/** Waits until it is so; throws, in the words of `what`, when it is not in time. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs / 1000} s: ${what}`);
    await pause(LOOK_MS);
  }
}
