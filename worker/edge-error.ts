import { failure } from "../contracts/failure.ts";
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
export function failureResponse(error: EdgeError): Response {
  const headers: Record<string, string> = { "cache-control": "no-store", ...OPEN_TO_ALL };
  if (error.refusal.retryAfterSeconds !== undefined) headers["retry-after"] = String(error.refusal.retryAfterSeconds);
  return Response.json(failure(error.code, error.message, error.refusal.details), { status: error.status, headers });
}
