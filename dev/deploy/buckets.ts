import { z } from "zod";
import type { Cloudflare } from "./cloudflare.ts";
import type { Outcome } from "./outcome.ts";

const PERMISSION = "Workers R2 Storage: Edit";
const Bucket = z.object({ name: z.string() });

/** Where new buckets and databases are made; Cloudflare's choice when there is none. */
export const Location = z.enum(["wnam", "enam", "weur", "eeur", "apac", "oc"]);
export type Location = z.infer<typeof Location>;

/** Sees to it that the bucket is there. Its location is decided when it is made, and never again. */
export async function ensureBucket(cloudflare: Cloudflare, name: string, location?: Location): Promise<Outcome> {
  const found = await cloudflare.find(`/r2/buckets/${name}`, Bucket, { permission: PERMISSION });
  if (found !== null) return { changed: false, said: `R2 bucket ${name} is there.` };
  const body = { name, ...(location === undefined ? {} : { locationHint: location }) };
  await cloudflare.ofAccount("/r2/buckets", Bucket, { method: "POST", body, permission: PERMISSION });
  return { changed: true, said: `R2 bucket ${name} made.` };
}
