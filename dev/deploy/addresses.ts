import { z } from "zod";
import { type Cloudflare, CloudflareError } from "./cloudflare.ts";
import type { Outcome } from "./outcome.ts";

const SCRIPTS = "Workers Scripts: Edit";
const ROUTES = "Workers Routes: Edit (of the zone)";
const Subdomain = z.object({ subdomain: z.string() });
const Domain = z.object({ hostname: z.string(), service: z.string() });
const Zone = z.object({ id: z.string(), name: z.string() });

/** The domain that the Worker has, where it has one. */
export async function domainOf(cloudflare: Cloudflare, worker: string): Promise<string | null> {
  const query = `/workers/domains?service=${encodeURIComponent(worker)}`;
  const listed = await cloudflare.ofAccount(query, z.array(Domain), { permission: SCRIPTS });
  return listed.find(({ service }) => service === worker)?.hostname ?? null;
}

/** Gives the Worker a domain of its own: DNS record and certificate are Cloudflare's work. Another Worker's is not taken. */
export async function ensureDomain(cloudflare: Cloudflare, worker: string, hostname: string): Promise<Outcome> {
  const query = `/workers/domains?hostname=${encodeURIComponent(hostname)}`;
  const listed = await cloudflare.ofAccount(query, z.array(Domain), { permission: SCRIPTS });
  const taken = listed.find((domain) => domain.hostname === hostname);
  if (taken?.service === worker) return { changed: false, said: `${hostname} leads to ${worker}.` };
  if (taken) throw new Error(`${hostname} leads to ${taken.service} already: name another domain, or detach it there.`);
  const body = { hostname, service: worker, zone_id: await zoneOf(cloudflare, hostname) };
  await cloudflare.ofAccount("/workers/domains", Domain, { method: "PUT", body, permission: ROUTES });
  return { changed: true, said: `${hostname} now leads to ${worker}.` };
}

/** The zone that holds the name: the longest one that the account has. */
export async function zoneOf(cloudflare: Cloudflare, hostname: string): Promise<string> {
  const labels = hostname.split(".");
  for (let first = 0; first < labels.length - 1; first++) {
    const name = labels.slice(first).join(".");
    const query = `/zones?name=${name}&account.id=${cloudflare.settings.account}`;
    const found = await cloudflare.ask(query, z.array(Zone), { permission: "Zone: Read" });
    const zone = found.find((one) => one.name === name);
    if (zone) return zone.id;
  }
  throw new Error(
    `No zone of this account holds ${hostname}: add its domain to Cloudflare first, or leave --domain out.`,
  );
}

/** The account's name below workers.dev; made up from its id where it has none. */
export async function ensureSubdomain(cloudflare: Cloudflare): Promise<Outcome & { subdomain: string }> {
  const path = "/workers/subdomain";
  const found = await findSubdomain(cloudflare, path);
  if (found !== null) return { subdomain: found, changed: false, said: `The account is ${found}.workers.dev.` };
  const subdomain = `radio-dream-${cloudflare.settings.account.slice(0, 8)}`;
  await cloudflare.ofAccount(path, Subdomain, { method: "PUT", body: { subdomain }, permission: SCRIPTS });
  return { subdomain, changed: true, said: `The account is now ${subdomain}.workers.dev.` };
}

/** An account that never had one is answered 404, or no name at all. */
async function findSubdomain(cloudflare: Cloudflare, path: string): Promise<string | null> {
  const NO_SUBDOMAIN = 10007;
  const schema = z.object({ subdomain: z.string().nullish() }).nullable();
  try {
    const found = await cloudflare.find(path, schema, { permission: SCRIPTS });
    return found?.subdomain || null;
  } catch (thrown) {
    if (thrown instanceof CloudflareError && thrown.codes.includes(NO_SUBDOMAIN)) return null;
    throw thrown;
  }
}
