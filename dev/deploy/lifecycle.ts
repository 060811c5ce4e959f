import { z } from "zod";
import type { Cloudflare } from "./cloudflare.ts";
import { contains } from "./contains.ts";
import type { Outcome } from "./outcome.ts";

const DAY_S = 86_400;
const PERMISSION = "Workers R2 Storage: Edit";

const Rule = z.looseObject({ id: z.string() });
type Rule = z.infer<typeof Rule>;
const Rules = z.object({ rules: z.array(Rule).default([]) });

/**
 * What R2 is to forget by itself. Listeners reach back two minutes and R2 counts in days, so a day it is; an index goes with
 * its segments when its origin has been silent for that long. Control gives up uploads after a day; R2 would after seven.
 */
export const LIFECYCLE_RULES = [
  {
    id: "radio-dream: segments after a day",
    enabled: true,
    conditions: { prefix: "live/" },
    deleteObjectsTransition: { condition: { type: "Age", maxAge: DAY_S } },
  },
  {
    id: "radio-dream: uploads given up",
    enabled: true,
    conditions: { prefix: "" },
    abortMultipartUploadsTransition: { condition: { type: "Age", maxAge: 2 * DAY_S } },
  },
] as const;

/** Sees to it that the bucket has our rules; those of others stay. The API knows the set as a whole only. */
export async function ensureLifecycle(cloudflare: Cloudflare, bucket: string): Promise<Outcome> {
  const path = `/r2/buckets/${bucket}/lifecycle`;
  const { rules } = await cloudflare.ofAccount(path, Rules, { permission: PERMISSION });
  const wanted = withOurRules(rules);
  if (wanted === null) return { changed: false, said: `Bucket ${bucket} forgets segments after a day.` };
  await cloudflare.ofAccount(path, z.unknown(), { method: "PUT", body: { rules: wanted }, permission: PERMISSION });
  return { changed: true, said: `Bucket ${bucket} now forgets segments after a day, and uploads given up after two.` };
}

/** The rules with ours among them; null when they are there as they should be. */
export function withOurRules(present: readonly Rule[]): Rule[] | null {
  const isThere = LIFECYCLE_RULES.every((rule) => {
    const found = present.find(({ id }) => id === rule.id);
    return found !== undefined && contains(found, rule);
  });
  if (isThere) return null;
  const ours = new Set<string>(LIFECYCLE_RULES.map(({ id }) => id));
  return [...present.filter(({ id }) => !ours.has(id)), ...LIFECYCLE_RULES];
}
