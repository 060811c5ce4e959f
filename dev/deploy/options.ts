import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { StationSlug } from "../../contracts/names.ts";
import { ROOT } from "../settings.ts";
import { Location } from "./buckets.ts";
import { EnvironmentName } from "./environment-names.ts";

/** What `npm run deploy` is told, by its arguments and by the environment. */

export const USAGE = `npm run deploy -- [--environment staging|production] [options]

  --station SLUG           the first station (demo), --station-name NAME what it is called
  --domain HOST            where listeners come, a name in a zone of the account; without it: workers.dev
  --control-domain HOST    where control answers (control.HOST)
  --segments-domain HOST   opens the bucket of the segments to everyone: for stations whose delivery spares the edge
  --location CODE          where a new bucket and database are made: wnam, enam, weur, eeur, apac, oc
  --access-team URL        Cloudflare Access in front of control: https://TEAM.cloudflareaccess.com,
  --access-audience TAGS   and the AUD tags of its applications, with commas; --access-off ends it
  --new-tokens             make up the admin and enrolment tokens anew
  --image NAME             the image of an origin, for the line that starts one (radio-dream-origin)
  --rollback               put both Workers back to the release before this one

Needs CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID. ADMIN_TOKEN: an admin's token, where it is not kept here.`;

const unset = (value: unknown) => (value === "" ? undefined : value);
const Secret = z.preprocess(unset, z.string().min(16).max(256).optional());

const Environment = z.object({
  CLOUDFLARE_API_TOKEN: z.string().min(1),
  CLOUDFLARE_ACCOUNT_ID: z.string().regex(/^[0-9a-f]{32}$/, "is 32 hexadecimal digits"),
  CLOUDFLARE_API_BASE_URL: z.preprocess(unset, z.url().default("https://api.cloudflare.com/client/v4")),
  ADMIN_TOKEN: Secret,
  CF_ACCESS_CLIENT_ID: z.preprocess(unset, z.string().optional()),
  CF_ACCESS_CLIENT_SECRET: z.preprocess(unset, z.string().optional()),
  STATE_DIR: z.preprocess(unset, z.string().default(".radio")),
});

const Arguments = z
  .object({
    environment: EnvironmentName.default("staging"),
    station: StationSlug.default("demo"),
    "station-name": z.string().min(1).max(100).optional(),
    domain: z.hostname().optional(),
    "control-domain": z.hostname().optional(),
    "segments-domain": z.hostname().optional(),
    location: Location.optional(),
    "access-team": z.url({ protocol: /^https$/ }).optional(),
    "access-audience": z.string().min(1).max(1_000).optional(),
    "access-off": z.boolean().default(false),
    "new-tokens": z.boolean().default(false),
    image: z.string().min(1).default("radio-dream-origin"),
    rollback: z.boolean().default(false),
  })
  .refine((given) => (given["access-team"] === undefined) === (given["access-audience"] === undefined), {
    error: "--access-team and --access-audience go together",
  })
  .refine(areTheirOwn, { error: "the edge, control and the segments need domains of their own" });

type Domains = Partial<Record<"domain" | "control-domain" | "segments-domain", string | undefined>>;

function areTheirOwn(given: Domains): boolean {
  const domains = [given.domain, given["control-domain"], given["segments-domain"]].filter((one) => one !== undefined);
  return new Set(domains).size === domains.length;
}

/** Settings of control; empty ones take what was set away, null leaves what is there. */
export type AccessChoice = { ACCESS_TEAM: string; ACCESS_AUDIENCE: string } | null;

export type Options = {
  environment: EnvironmentName;
  station: { slug: string; name: string };
  domain: string | null;
  controlDomain: string | null;
  segmentsDomain: string | null;
  location?: Location;
  access: AccessChoice;
  newTokens: boolean;
  image: string;
  rollback: boolean;
  cloudflare: { api: string; account: string; token: string };
  adminToken: string | null;
  /** Headers of a service token, for control behind Access. */
  accessHeaders: Record<string, string>;
  /** Where tokens that were made up here are kept, for their owner's eyes alone. */
  secretsFolder: string;
};

/** Reads both; throws one error that names all that is wrong. */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const given = parsed(Arguments, parseArguments(args));
  const set = parsed(Environment, environment);
  const account = set.CLOUDFLARE_ACCOUNT_ID;
  const { CF_ACCESS_CLIENT_ID: clientId, CF_ACCESS_CLIENT_SECRET: clientSecret } = set;
  return {
    environment: given.environment,
    station: { slug: given.station, name: given["station-name"] ?? given.station },
    domain: given.domain ?? null,
    controlDomain: given["control-domain"] ?? (given.domain === undefined ? null : `control.${given.domain}`),
    segmentsDomain: given["segments-domain"] ?? null,
    ...(given.location === undefined ? {} : { location: given.location }),
    access: accessOf(given["access-team"], given["access-audience"], given["access-off"]),
    newTokens: given["new-tokens"],
    image: given.image,
    rollback: given.rollback,
    cloudflare: { api: set.CLOUDFLARE_API_BASE_URL.replace(/\/+$/, ""), account, token: set.CLOUDFLARE_API_TOKEN },
    adminToken: set.ADMIN_TOKEN ?? null,
    accessHeaders:
      clientId && clientSecret ? { "CF-Access-Client-Id": clientId, "CF-Access-Client-Secret": clientSecret } : {},
    secretsFolder: resolve(ROOT, set.STATE_DIR, "deploy", `${given.environment}-${account.slice(0, 8)}`),
  };
}

function accessOf(team: string | undefined, audience: string | undefined, isOff: boolean): AccessChoice {
  if (isOff) return { ACCESS_TEAM: "", ACCESS_AUDIENCE: "" };
  return team === undefined || audience === undefined ? null : { ACCESS_TEAM: team, ACCESS_AUDIENCE: audience };
}

function parseArguments(args: readonly string[]): Record<string, unknown> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      environment: text,
      station: text,
      "station-name": text,
      domain: text,
      "control-domain": text,
      "segments-domain": text,
      location: text,
      "access-team": text,
      "access-audience": text,
      "access-off": flag,
      "new-tokens": flag,
      image: text,
      rollback: flag,
    },
  });
  return values;
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`These settings are not right:\n${z.prettifyError(result.error)}`);
}
