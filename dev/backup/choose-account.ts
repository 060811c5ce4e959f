import { resolve } from "node:path";
import { z } from "zod";
import { ROOT } from "../settings.ts";
import type { Account } from "./account.ts";
import { openCloudflareAccount } from "./cloudflare-account.ts";
import { openLocalAccount } from "./local-account.ts";

/** The options with which both commands say whose account they mean. */
export const ACCOUNT_OPTIONS = {
  cloudflare: { type: "boolean", default: false },
  state: { type: "string" },
  database: { type: "string", default: "radio-dream-control" },
  bucket: { type: "string", default: "radio-dream-media" },
} as const;

const Chosen = z.object({
  cloudflare: z.boolean(),
  state: z.string().optional(),
  database: z.string().min(1),
  bucket: z.string().min(1),
});

/** The account at Cloudflare, or what `npm start` keeps here. Throws with what is missing. */
export function chooseAccount(options: unknown, environment: NodeJS.ProcessEnv): Promise<Account> {
  const { cloudflare, state, database, bucket } = Chosen.parse(options);
  if (cloudflare) return openCloudflareAccount({ database, bucket }, environment);
  return openLocalAccount(resolve(ROOT, state ?? environment.STATE_DIR ?? ".radio"));
}
