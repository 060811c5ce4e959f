import { z } from "zod";
import { Cloudflare } from "../deploy/cloudflare.ts";
import { findDatabase, type RemoteDatabase, remoteDatabase } from "../deploy/database.ts";
import { type EnvironmentName, nameIn } from "../deploy/environment-names.ts";
import type { Account, Bound, D1, Value } from "./account.ts";
import { Bucket } from "./bucket.ts";
import { persistently } from "./persistence.ts";

const DATABASE = "radio-dream-control";
const BUCKET = "radio-dream-media";

const Environment = z.object({
  CLOUDFLARE_ACCOUNT_ID: z.string().min(1),
  /** D1: Read is enough for a backup; a restore needs D1: Edit. */
  CLOUDFLARE_API_TOKEN: z.string().min(1),
  /** A key of R2's S3 API for the one bucket: read-only is enough for a backup. */
  R2_ACCESS_KEY_ID: z.string().min(1),
  R2_SECRET_ACCESS_KEY: z.string().min(1),
  CLOUDFLARE_API_BASE_URL: z.url().default("https://api.cloudflare.com/client/v4"),
  R2_ENDPOINT: z.url().optional(),
});

/**
 * The database and the bucket of a deployment, straight by their own APIs and with the narrowest keys there are, so that no
 * Worker of ours can be asked for everything at once.
 */
export async function openCloudflareAccount(
  environment: EnvironmentName,
  variables: NodeJS.ProcessEnv,
  wire: typeof fetch = fetch,
): Promise<Account> {
  const parsed = Environment.safeParse(variables);
  if (!parsed.success) throw new Error(`These settings are not right:\n${z.prettifyError(parsed.error)}`);
  const set = parsed.data;
  const [account, api] = [set.CLOUDFLARE_ACCOUNT_ID, set.CLOUDFLARE_API_BASE_URL.replace(/\/+$/, "")];
  const cloudflare = new Cloudflare({ api, account, token: set.CLOUDFLARE_API_TOKEN }, { fetch: wire });
  const [database, bucket] = [nameIn(environment, DATABASE), nameIn(environment, BUCKET)];
  const id = await findDatabase(cloudflare, database);
  if (id === null) throw new Error(`the account has no D1 database ${database}: make it first`);
  return {
    name: `the ${environment} at Cloudflare`,
    database: withPersistence(remoteDatabase(cloudflare, id)),
    bucket: new Bucket({
      endpoint: set.R2_ENDPOINT ?? `https://${account}.r2.cloudflarestorage.com`,
      bucket,
      accessKeyId: set.R2_ACCESS_KEY_ID,
      secretAccessKey: set.R2_SECRET_ACCESS_KEY,
    }),
    close: async () => {},
  };
}

/** Tries single statements again, for all of a backup's are fit to run twice; batches, which are migrations, are not. */
function withPersistence(database: RemoteDatabase): D1 {
  type Prepared = ReturnType<RemoteDatabase["prepare"]>;
  const again = (prepared: Prepared): Prepared & Bound => ({
    ...prepared,
    bind: (...values: unknown[]) => again(prepared.bind(...values)),
    all: <R>() => persistently(() => prepared.all<R>()),
  });
  return {
    prepare: (sql) => again(database.prepare(sql)) as Prepared & Bound & { bind(...values: Value[]): Bound },
    batch: (statements) => database.batch(statements),
  };
}
