import { z } from "zod";

/** The body of every error answer, of all three runtimes. */
export const Failure = z.object({
  error: z.object({
    /** Stable, machine-readable, lower_snake_case. */
    code: z.string(),
    message: z.string(),
    details: z.unknown().optional(),
    /** What the logs of all who had a part in it call it: to be quoted when something went wrong. */
    trace: z.string().max(64).optional(),
  }),
});
export type Failure = z.infer<typeof Failure>;

export function failure(code: string, message: string, details?: unknown, trace?: string): Failure {
  return {
    error: { code, message, ...(details === undefined ? {} : { details }), ...(trace === undefined ? {} : { trace }) },
  };
}
