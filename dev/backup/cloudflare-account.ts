import { z } from "zod";
import type { Account } from "./account.ts";
import { Bucket } from "./bucket.ts";
import { d1OverHttp, findDatabase } from "./d1-over-http.ts";

const Environment = z.object({
  CLOUDFLARE_ACCOUNT_ID: z.string().min(1),
  /** D1:Read is enough for a backup; a restore needs D1:Edit. */
  CLOUDFLARE_API_TOKEN: z.string().min(1),
  /** A key of R2's S3 API for the one bucket: read-only is enough for a backup. */
  R2_ACCESS_KEY_ID: z.string().min(1),
  R2_SECRET_ACCESS_KEY: z.string().min(1),
  CLOUDFLARE_API_BASE_URL: z.url().default("https://api.cloudflare.com/client/v4"),
  R2_ENDPOINT: z.url().optional(),
});

/**
 * The database and the bucket of an account at Cloudflare, straight by their own APIs and with the narrowest keys there
 * are, so that no Worker of ours can be asked for everything at once.
 */
export async function openCloudflareAccount(
  named: { database: string; bucket: string },
  environment: NodeJS.ProcessEnv,
): Promise<Account> {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`These settings are not right:\n${z.prettifyError(parsed.error)}`);
  const set = parsed.data;
  const { CLOUDFLARE_API_BASE_URL: api, CLOUDFLARE_ACCOUNT_ID: account, CLOUDFLARE_API_TOKEN: token } = set;
  const database = await findDatabase(api, account, named.database, token);
  return {
    name: `Cloudflare ${named.database}, ${named.bucket}`,
    database: d1OverHttp({ api, account, database, token }),
    bucket: new Bucket({
      endpoint: set.R2_ENDPOINT ?? `https://${account}.r2.cloudflarestorage.com`,
      bucket: named.bucket,
      accessKeyId: set.R2_ACCESS_KEY_ID,
      secretAccessKey: set.R2_SECRET_ACCESS_KEY,
    }),
    close: async () => {},
  };
}
