import type { MiddlewareHandler } from "hono";
import { formatTrace, TRACE_ANSWER_HEADER, TRACE_HEADER, traceFrom } from "../../contracts/trace.ts";
import type { Log } from "../../kit/log.ts";
import { inTrace } from "../process/trace.ts";

/** Goes on with the trace of whoever asks, and tells it in the answer. */
export function answerInTrace(log: Log): MiddlewareHandler {
  return async (context, next) => {
    const trace = traceFrom(context.req.header(TRACE_HEADER));
    await inTrace(next, trace);
    context.header(TRACE_ANSWER_HEADER, formatTrace(trace));
    const { method, path } = context.req;
    log.debug("answered", { trace: trace.id, method, path, status: context.res.status });
  };
}
