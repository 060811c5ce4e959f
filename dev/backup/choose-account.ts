import { resolve } from "node:path";
import { z } from "zod";
import { EnvironmentName } from "../deploy/environment-names.ts";
import { ROOT } from "../settings.ts";
import type { Account } from "./account.ts";
import { openCloudflareAccount } from "./cloudflare-account.ts";
import { openLocalAccount } from "./local-account.ts";

/** The options with which both commands say whose account they mean. */
export const ACCOUNT_OPTIONS = { environment: { type: "string" }, state: { type: "string" } } as const;

const Chosen = z.object({ environment: EnvironmentName.optional(), state: z.string().optional() });

/** A deployment at Cloudflare when its environment is named, else what `npm start` keeps here. Throws with what is missing. */
export function chooseAccount(options: unknown, variables: NodeJS.ProcessEnv): Promise<Account> {
  const { environment, state } = Chosen.parse(options);
  if (environment !== undefined) return openCloudflareAccount(environment, variables);
  return openLocalAccount(resolve(ROOT, state ?? variables.STATE_DIR ?? ".radio"));
}
