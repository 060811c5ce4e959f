import { join } from "node:path";
import { ROOT } from "../settings.ts";
import { domainOf, ensureDomain, ensureSubdomain } from "./addresses.ts";
import { ensureBucket } from "./buckets.ts";
import { type Part, readCheckedIn, WORKERS, type WorkerSource } from "./checked-in.ts";
import type { Cloudflare } from "./cloudflare.ts";
import { ensureDatabase, migrate } from "./database.ts";
import { nameIn } from "./environment-names.ts";
import { ensureStation } from "./first-station.ts";
import { ensureLifecycle } from "./lifecycle.ts";
import { ensureOpenBucket, openDomainOf } from "./open-bucket.ts";
import type { Options } from "./options.ts";
import type { Outcome } from "./outcome.ts";
import { type Variables, variablesInService } from "./release.ts";
import { ensureScriptSettings } from "./script-settings.ts";
import { secretNames } from "./secrets.ts";
import { ensureToken, FIRST_TOKENS } from "./tokens.ts";
import { ensureWorker, prepareWorker, type Upload } from "./upload.ts";

export type DeployDeps = {
  cloudflare: Cloudflare;
  workers: readonly WorkerSource[];
  upload: Upload;
  /** Where what is uploaded is put together; nothing of it is needed again. */
  folder: string;
  /** Builds the bundles and assets that are uploaded. */
  build: () => Promise<void>;
  /** How the deployed Workers are asked. */
  fetch: typeof fetch;
  pause: (ms: number) => Promise<void>;
  makeToken: (prefix: string) => string;
  /** Told of each step as soon as it is done. */
  tell: (outcome: Outcome) => void;
};

export type Deployed = {
  edgeUrl: string;
  controlUrl: string;
  /** Null when it was made up elsewhere. */
  enrolToken: string | null;
  changes: number;
};

/** Variables of control that a later run leaves as they are unless it is told otherwise. */
const CARRIED_ON = ["ACCESS_TEAM", "ACCESS_AUDIENCE"];

/**
 * Takes an account from whatever it has to a station that is ready for origins. Each step looks first and changes only what
 * is not yet so, hence a run that failed anywhere is finished by the next one, and one more changes nothing. Throws at the
 * first step that fails. Migrations come before code, and the Worker that reads before the one that writes.
 */
export async function deploy(options: Options, deps: DeployDeps): Promise<Deployed> {
  const { environment, location } = options;
  const { cloudflare } = deps;
  let changes = 0;
  const told = <T extends Outcome>(outcome: T): T => {
    deps.tell(outcome);
    changes += outcome.changed ? 1 : 0;
    return outcome;
  };
  const named = workersIn(options);

  await deps.build();
  for (const bucket of bucketsIn(options)) {
    told(await ensureBucket(cloudflare, bucket, location));
    told(await ensureLifecycle(cloudflare, bucket));
  }
  const open = options.segmentsDomain ?? (await openDomainOf(cloudflare, segmentsIn(options)));
  if (open !== null) for (const outcome of await ensureOpenBucket(cloudflare, segmentsIn(options), open)) told(outcome);
  const { id: databaseId } = told(await ensureDatabase(cloudflare, databaseIn(options), location));
  told(await migrate(cloudflare, databaseId, join(ROOT, "migrations")));

  const domains = {
    edge: options.domain ?? (await domainOf(cloudflare, named.edge)),
    control: options.controlDomain ?? (await domainOf(cloudflare, named.control)),
  };
  const needsSubdomain = domains.edge === null || domains.control === null;
  const subdomain = needsSubdomain ? told(await ensureSubdomain(cloudflare)).subdomain : null;
  const urlOf = (part: Part) => `https://${domains[part] ?? `${named[part]}.${subdomain}.workers.dev`}`;

  for (const source of deps.workers) {
    const inService = await variablesInService(cloudflare, named[source.part]);
    const ofPart = source.part === "edge" ? segmentsAt(open) : { ...carriedOn(inService), ...options.access };
    const vars = { ...ofPart, EDGE_URL: urlOf("edge") };
    const workersDev = domains[source.part] === null;
    const folder = join(deps.folder, environment, source.part);
    const worker = prepareWorker(source, { environment, folder, databaseId, vars, workersDev });
    told(await ensureWorker(worker, inService, deps.upload));
    told(await ensureScriptSettings(cloudflare, worker.name, worker.settings));
    const domain = domains[source.part];
    if (domain !== null) told(await ensureDomain(cloudflare, worker.name, domain));
  }

  const place = {
    worker: named.control,
    present: await secretNames(cloudflare, named.control),
    folder: options.secretsFolder,
    isRenewed: options.newTokens,
    make: deps.makeToken,
  };
  const [adminToken, enrolment] = FIRST_TOKENS;
  const given = options.newTokens ? null : options.adminToken;
  const { token: admin } = told(await ensureToken(cloudflare, adminToken, given, place));
  const { token: enrolToken } = told(await ensureToken(cloudflare, enrolment, null, place));

  const { fetch, pause } = deps;
  const [edgeUrl, controlUrl] = [urlOf("edge"), urlOf("control")];
  const control = { url: controlUrl, edgeUrl, adminToken: admin, headers: options.accessHeaders, fetch, pause };
  told(await ensureStation(control, options.station));
  return { edgeUrl, controlUrl, enrolToken, changes };
}

/** What the two Workers are called in the environment. */
export function workersIn({ environment }: Pick<Options, "environment">): Record<Part, string> {
  const [edge, control] = WORKERS.map(({ config }) => nameIn(environment, readCheckedIn(config).name));
  return { edge: edge ?? "", control: control ?? "" };
}

function bucketsIn({ environment }: Options): string[] {
  const names = WORKERS.flatMap(({ config }) => readCheckedIn(config).r2_buckets.map(({ bucket_name: name }) => name));
  return [...new Set(names)].map((name) => nameIn(environment, name));
}

function segmentsIn({ environment }: Options): string {
  const buckets = WORKERS.flatMap(({ config }) => readCheckedIn(config).r2_buckets);
  const segments = buckets.find(({ binding }) => binding === "SEGMENTS");
  if (segments === undefined) throw new Error("No Worker has a bucket for segments.");
  return nameIn(environment, segments.bucket_name);
}

function segmentsAt(domain: string | null): Variables {
  return domain === null ? {} : { SEGMENTS_URL: `https://${domain}` };
}

function databaseIn({ environment }: Options): string {
  const [name] = WORKERS.flatMap(({ config }) => readCheckedIn(config).d1_databases.map((one) => one.database_name));
  if (name === undefined) throw new Error("No Worker has a database.");
  return nameIn(environment, name);
}

function carriedOn(inService: Variables | null): Variables {
  return Object.fromEntries(Object.entries(inService ?? {}).filter(([name]) => CARRIED_ON.includes(name)));
}
