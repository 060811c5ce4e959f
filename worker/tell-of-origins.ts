import type { MiddlewareHandler } from "hono";
import { formatTrace, TRACE_ANSWER_HEADER } from "../contracts/trace.ts";
import type { Edge } from "./edge.ts";

/**
 * Logs what origins send and ask, and tells them the trace; always what is refused, and in detail what works or is simply not
 * there (a station need not have a plan). Of listeners only faults are logged: they are too many.
 */
export function tellOfOrigins(edge: Edge): MiddlewareHandler {
  return async (context, next) => {
    const begunAt = edge.clock.monotonic();
    await next();
    const { method, path, raw } = context.req;
    const { status } = context.res;
    const trace = edge.trace(raw);
    const line = { trace: trace.id, method, path, status, ms: Math.round(edge.clock.monotonic() - begunAt) };
    edge.log[status >= 400 && status !== 404 ? "info" : "debug"]("answered", line);
    context.header(TRACE_ANSWER_HEADER, formatTrace(trace));
  };
}
