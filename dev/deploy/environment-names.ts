import { z } from "zod";

/** The environments; each has resources of its own, and shares none with another. */
export const EnvironmentName = z.enum(["staging", "production"]);
export type EnvironmentName = z.infer<typeof EnvironmentName>;

/** What a resource of the checked-in configurations is called in an environment: so a bare `wrangler deploy` touches none. */
export function nameIn(environment: EnvironmentName, name: string): string {
  return `${name}-${environment}`;
}
