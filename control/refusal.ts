/** Why a request was refused, on purpose: the API answers it as it stands. Anything else thrown is a fault of ours. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: 400 | 401 | 403 | 404 | 409 | 411 | 413 | 422 | 503;
  readonly code: string;
  readonly details: unknown;

  constructor(status: Refusal["status"], code: string, message: string, details?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export const notFound = (what: string) => new Refusal(404, "not_found", `There is no ${what}.`);

export const conflict = (code: string, message: string) => new Refusal(409, code, message);
