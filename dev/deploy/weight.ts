import type { Part } from "./checked-in.ts";

/** What a Worker weighs: wrangler's own figures. `startupMs` is CPU time on this machine. */
export type Weight = { kib: number; gzipKib: number; startupMs: number | null };

/**
 * What the Workers may weigh. Cloudflare takes 3 MB gzipped on its free plan; these are nearer, so that a dependency that
 * doubles a bundle is seen when it comes. It takes a second of CPU to start; a busy machine is given two.
 */
export const BUDGET: Record<Part, { gzipKib: number; startupMs: number }> = {
  edge: { gzipKib: 250, startupMs: 2_000 },
  control: { gzipKib: 600, startupMs: 2_000 },
};

/** Reads `Total Upload: 920.55 KiB / gzip: 163.40 KiB`. Throws when wrangler says it in another way. */
export function readSize(said: string): { kib: number; gzipKib: number } {
  const [, kib, gzipKib] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(said) ?? [];
  if (kib === undefined || gzipKib === undefined) throw new Error(`wrangler told no size:\n${said}`);
  return { kib: Number(kib), gzipKib: Number(gzipKib) };
}

/** Reads `Active: 184.9 ms` of `wrangler check startup`; null when it is not told. */
export function readStartup(said: string): number | null {
  const [, ms] = /Active: ([\d.]+) ms/.exec(said) ?? [];
  return ms === undefined ? null : Number(ms);
}

/** A sentence for each figure that is above its limit. */
export function overBudget(weights: Readonly<Record<Part, Weight>>): string[] {
  return (["edge", "control"] as const).flatMap((part) => {
    const { gzipKib, startupMs } = weights[part];
    const limit = BUDGET[part];
    return [
      ...(gzipKib > limit.gzipKib ? [`${part}: ${gzipKib} KiB gzip, above the limit of ${limit.gzipKib}.`] : []),
      ...((startupMs ?? 0) > limit.startupMs ? [`${part}: ${startupMs} ms to start, above ${limit.startupMs}.`] : []),
    ];
  });
}
