import { dirname, relative, resolve } from "node:path";
import type { CheckedIn } from "./checked-in.ts";
import { type EnvironmentName, nameIn } from "./environment-names.ts";

/** Where a Worker's configuration comes from and what an account makes of it. */
export type Placing = {
  environment: EnvironmentName;
  bundle: string;
  /** Folder of the generated configuration. */
  folder: string;
  databaseId: string;
  vars: Record<string, string>;
  /** Whether it is to be had below workers.dev. */
  workersDev: boolean;
};

/**
 * The configuration with which wrangler uploads a Worker: the checked-in one (file `from`), with the names and ids of the
 * environment. What is uploaded is the very bundle that tests run, so wrangler makes none of its own. Variables that an
 * operator has set stay.
 */
export function workerConfig(checkedIn: CheckedIn, from: string, placing: Placing) {
  const { environment, folder } = placing;
  const { build: _, assets, r2_buckets: buckets, d1_databases: databases, triggers, ...kept } = checkedIn;
  return {
    ...kept,
    name: nameIn(environment, checkedIn.name),
    main: relative(folder, placing.bundle),
    no_bundle: true,
    find_additional_modules: false,
    workers_dev: placing.workersDev,
    preview_urls: false,
    keep_vars: true,
    vars: placing.vars,
    triggers,
    assets: { ...assets, directory: relative(folder, resolve(dirname(from), assets.directory)) },
    r2_buckets: buckets.map((bucket) => ({ ...bucket, bucket_name: nameIn(environment, bucket.bucket_name) })),
    d1_databases: databases.map(({ binding, database_name: name }) => ({
      binding,
      database_name: nameIn(environment, name),
      database_id: placing.databaseId,
    })),
    observability: observabilityOf(environment, checkedIn.observability),
  };
}

/** Staging tells everything; production as much as the file says, for a poll that is logged costs more than the poll. */
function observabilityOf(environment: EnvironmentName, checkedIn: CheckedIn["observability"]) {
  return environment === "staging" ? { ...checkedIn, head_sampling_rate: 1 } : checkedIn;
}
