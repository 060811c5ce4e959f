import { failure } from "../contracts/failure.ts";
import { formatTrace, TRACE_ANSWER_HEADER, type Trace } from "../contracts/trace.ts";
import { OPEN_TO_ALL } from "./cache/answer.ts";

type Refusal = { details?: unknown; retryAfterSeconds?: number };

/** An answer that is not what was asked for; whoever throws it says status, code and reason. */
export class EdgeError extends Error {
  override name = "EdgeError";
  readonly status: number;
  readonly code: string;
  readonly refusal: Refusal;

  constructor(status: number, code: string, message: string, refusal: Refusal = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.refusal = refusal;
  }
}

/** Never stored anywhere: at the live edge the next moment may bring what is missing now. */
export function failureResponse(error: EdgeError, trace: Trace): Response {
  const headers: Record<string, string> = {
    "cache-control": "no-store",
    [TRACE_ANSWER_HEADER]: formatTrace(trace),
    ...OPEN_TO_ALL,
  };
  if (error.refusal.retryAfterSeconds !== undefined) headers["retry-after"] = String(error.refusal.retryAfterSeconds);
  const body = failure(error.code, error.message, error.refusal.details, trace.id);
  return Response.json(body, { status: error.status, headers });
}
