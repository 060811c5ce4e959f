import { AsyncLocalStorage } from "node:async_hooks";
import { formatTrace, newTrace, nextStep, TRACE_HEADER, type Trace } from "../../contracts/trace.ts";
import type { Log, LogFields } from "../../kit/log.ts";

/** Which trace the present work belongs to. It follows the work through whatever it awaits. */
const present = new AsyncLocalStorage<Trace>();

/** Does work that belongs to one trace, to a new one unless it is given: all calls and log lines of it bear its id. */
export function inTrace<T>(work: () => T, trace: Trace = newTrace()): T {
  return present.run(trace, work);
}

/** Does work that outlives what set it off: a station belongs to no heartbeat. */
export function outsideTraces<T>(work: () => T): T {
  return present.exit(work);
}

/** For the log: the id of the present trace, where there is one. */
export function traceFields(): LogFields {
  const trace = present.getStore();
  return trace === undefined ? {} : { trace: trace.id };
}

/** Calls others as a step of the present trace, or of a new one, and says so in the log. */
export function tracingFetch(fetch: typeof globalThis.fetch, log: Log): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const trace = nextStep(present.getStore() ?? newTrace());
    const headers = new Headers(init.headers);
    headers.set(TRACE_HEADER, formatTrace(trace));
    const response = await fetch(input, { ...init, headers });
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    log.debug("called", { trace: trace.id, method: init.method ?? "GET", path: pathname, status: response.status });
    return response;
  };
}
