import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { z } from "zod";
import { claimState } from "../claim.ts";
import { ROOT } from "../settings.ts";
import type { Account } from "./account.ts";
import { Bucket } from "./bucket.ts";

const Named = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
const Bindings = z.object({ d1Databases: z.object({ DB: Named }), r2Buckets: z.object({ MEDIA: Named }) });

/**
 * What `npm start` keeps in a state folder; made where there is nothing yet. Throws while Radio Dream runs with it: two at
 * once would corrupt it. The bucket is reached as a remote one is, by the S3 API, which Miniflare has too.
 */
export async function openLocalAccount(stateDir: string): Promise<Account> {
  const giveBack = claimState(join(stateDir, "run", "start.pid"));
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(ROOT, "control/wrangler.toml"));
  const { d1Databases, r2Buckets } = Bindings.parse(workerOptions);
  const s3Credentials = { accessKeyId: "local", secretAccessKey: randomBytes(24).toString("base64url") };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: "export default {}",
      d1Databases: { DB: d1Databases.DB },
      r2Buckets: { MEDIA: { id: r2Buckets.MEDIA, s3Credentials } },
      host: "127.0.0.1",
      port: 0,
      cf: false,
      log: new Log(LogLevel.ERROR),
      telemetry: { enabled: false },
      resourcePersistencePath: join(stateDir, "workers"),
    }),
  );
  const close = async () => {
    await miniflare.dispose();
    giveBack();
  };
  try {
    const endpoint = new URL("/cdn-cgi/local/r2/s3", await miniflare.ready).href;
    return {
      name: `local ${stateDir}`,
      database: await miniflare.getD1Database("DB"),
      bucket: new Bucket({ endpoint, bucket: r2Buckets.MEDIA, ...s3Credentials }),
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
