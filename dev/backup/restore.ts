import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { unstable_splitSqlQuery } from "wrangler";
import { describe } from "../../kit/log.ts";
import { ROOT } from "../settings.ts";
import { ACCOUNT_OPTIONS, chooseAccount } from "./choose-account.ts";
import { type ProvenBackup, proveBackup } from "./prove-backup.ts";
import { restoreBackup } from "./restore-backup.ts";

/** `npm run restore -- --from DIR`: a backup, or the newest of a folder of backups, into an empty account; or it is only checked. */
const USAGE = "npm run restore -- --from DIR [--check] [--force] [--state DIR | --environment staging|production]";

try {
  const flag = { type: "boolean", default: false } as const;
  const options = { ...ACCOUNT_OPTIONS, from: { type: "string" }, force: flag, check: flag } as const;
  const { values } = parseArgs({ options });
  if (values.from === undefined) throw new Error(`Where from? ${USAGE}`);
  const backup = await proveBackup(resolve(values.from));
  const when = new Date(backup.manifest.createdAt).toISOString();
  console.log(`The backup of ${when} of ${backup.manifest.from} is sound.`);
  if (!values.check) await restore(backup, values);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : describe(thrown));
  process.exitCode = 1;
}

async function restore(backup: ProvenBackup, values: { force: boolean }): Promise<void> {
  const account = await chooseAccount(values, process.env);
  try {
    const migrations = { folder: join(ROOT, "migrations"), split: unstable_splitSqlQuery };
    const { copied, rows, migrated, resumed } = await restoreBackup(account, backup, migrations, values.force);
    console.log(`${resumed ? "Went on and restored" : "Restored"} ${rows} rows and ${backup.objects.length} objects (${copied} put now) into ${account.name}.
${migrated.length === 0 ? "The tables are of the newest form." : `The tables were of an older form, and were migrated: ${migrated.join(", ")}.`}
Control publishes routing and plans anew within two minutes of its start. Secrets of the Workers are not in a backup:
set them as for a new installation. Origins enrol anew; hosts keep their stream keys, admins their tokens.`);
  } finally {
    await account.close();
  }
}
