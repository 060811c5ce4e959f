import { z } from "zod";

/** The body of every error answer, of all three runtimes. */
export const Failure = z.object({
  error: z.object({
    /** Stable, machine-readable, lower_snake_case. */
    code: z.string(),
    message: z.string(),
    details: z.unknown().optional(),
  }),
});
export type Failure = z.infer<typeof Failure>;

export function failure(code: string, message: string, details?: unknown): Failure {
  return { error: details === undefined ? { code, message } : { code, message, details } };
}
