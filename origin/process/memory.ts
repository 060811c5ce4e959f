import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const EVERY_MS = 60_000;

/**
 * Collects garbage once a minute. V8 does not count what Buffers hold outside its heap, so an idle heap lets them pile
 * up and malloc keeps the pages; a full collection a minute keeps the resident set flat at no CPU that can be seen.
 */
export function startMemoryKeeper(): { stop(): void } {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const timer = setInterval(() => collect(), EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
