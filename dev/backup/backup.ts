import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { describe } from "../../kit/log.ts";
import { claimState } from "../claim.ts";
import { ROOT } from "../settings.ts";
import { ACCOUNT_OPTIONS, chooseAccount } from "./choose-account.ts";
import { makeBackup, readVersion } from "./make-backup.ts";

/** `npm run backup -- --to DIR`: the database and the bucket, into files. */
const USAGE = "npm run backup -- --to DIR [--state DIR | --environment staging|production]";

try {
  const { values } = parseArgs({ options: { ...ACCOUNT_OPTIONS, to: { type: "string" } } });
  if (values.to === undefined) throw new Error(`Where to? ${USAGE}`);
  const to = resolve(values.to);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const release = claimState(join(to, "backup.pid"));
  try {
    const account = await chooseAccount(values, process.env);
    try {
      const { folder, manifest, copied, damaged } = await makeBackup(account, to, {
        version: await readVersion(ROOT),
        at: Date.now(),
      });
      for (const words of damaged) console.error(`Damaged where it comes from: ${words}`);
      const rows = manifest.tables.reduce((sum, part) => sum + part.rows, 0);
      console.log(`Backed up ${manifest.from}: ${rows} rows of ${manifest.tables.length} tables and
${manifest.objects.count} objects of ${manifest.objects.bytes} bytes, ${copied} of them copied now.
It holds secrets of the stations: keep it as you keep passwords. Bring it back with
  npm run restore -- --from ${folder}`);
    } finally {
      await account.close();
    }
  } finally {
    release();
  }
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : describe(thrown));
  process.exitCode = 1;
}
