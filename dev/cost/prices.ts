/** Dollars for what exceeds the monthly allowance; `inWholeMillions`: a million that has begun is paid. */
export type Price = { included: number; perMillion: number; inWholeMillions: boolean };

/**
 * What Cloudflare asks on the paid plan, in US dollars a month, as its documentation said in October 2026: the pages
 * `workers/platform/pricing`, `r2/pricing` and `durable-objects/platform/pricing` of developers.cloudflare.com. What leaves
 * Workers or R2 for the Internet, and what a cache in front of R2 answers, costs nothing.
 */
export const PRICES_AS_OF = "October 2026";
export const PLAN_DOLLARS = 5;
export const PRICES = {
  requests: { included: 10e6, perMillion: 0.3, inWholeMillions: false },
  cpuMs: { included: 30e6, perMillion: 0.02, inWholeMillions: false },
  classA: { included: 1e6, perMillion: 4.5, inWholeMillions: true },
  classB: { included: 10e6, perMillion: 0.36, inWholeMillions: true },
  objectRequests: { included: 1e6, perMillion: 0.15, inWholeMillions: false },
} as const satisfies Record<string, Price>;
/** Of R2, standard storage: dollars for a GB through a month, and the GB that are included. */
export const STORAGE = { included: 10, perGigabyte: 0.015 };

export function dollarsFor(quantity: number, { included, perMillion, inWholeMillions }: Price): number {
  const millions = Math.max(0, quantity - included) / 1e6;
  return (inWholeMillions ? Math.ceil(millions) : millions) * perMillion;
}
