import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { buildAll, CONTROL_BUNDLE, EDGE_BUNDLE, endBuilding } from "../build.ts";
import { cacheRule } from "./cache-rule.ts";
import { WORKERS, type WorkerSource } from "./checked-in.ts";
import { Cloudflare } from "./cloudflare.ts";
import { deploy, workersIn } from "./deploy.ts";
import { FakeCloudflare } from "./fake/cloudflare.ts";
import { runDeployed, throughAccount } from "./fake/deployed.ts";
import { quickUpload } from "./fake/quick-upload.ts";
import { readOptions } from "./options.ts";
import { rollback } from "./rollback.ts";

const API = "https://api.cloudflare.test/client/v4";
const ZONES = [{ id: "zone-of-example", name: "example.com" }];
const ADMIN = `rda_${"a".repeat(43)}`;

type Running = Awaited<ReturnType<typeof runDeployed>>;
const lightFolder = mkdtempSync(join(tmpdir(), "radio-dream-light-"));
let running: Running | undefined;
/** The Workers in all but their code, which nobody runs in most of these tests. */
let light: WorkerSource[] = [];
let stations = 0;
const open: { close(): void }[] = [];

beforeAll(async () => {
  await buildAll();
  await endBuilding();
  light = WORKERS.map((worker) => ({ ...worker, bundle: join(lightFolder, `${worker.part}.mjs`) }));
  for (const { bundle } of light) writeFileSync(bundle, "export default {};");
  const bundles = { edge: readFileSync(EDGE_BUNDLE, "utf8"), control: readFileSync(CONTROL_BUNDLE, "utf8") };
  running = await runDeployed(bundles, { ADMIN_TOKEN: ADMIN });
}, 120_000);
afterAll(async () => {
  await running?.close();
  rmSync(lightFolder, { recursive: true, force: true });
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  vi.restoreAllMocks();
});

/** An account with nothing in it, a folder for what is kept here, and a station that nobody has made. */
function newAccount(args: string[] = [], environment: Record<string, string> = {}) {
  const fake = new FakeCloudflare(ZONES);
  const state = mkdtempSync(join(tmpdir(), "radio-dream-deploy-"));
  open.push(fake, { close: () => rmSync(state, { recursive: true, force: true }) });
  const slug = `s${stations++}`;
  const api = { CLOUDFLARE_API_TOKEN: fake.token, CLOUDFLARE_ACCOUNT_ID: fake.accountId, CLOUDFLARE_API_BASE_URL: API };
  const optionsOf = (more: string[], others: Record<string, string> = {}) =>
    readOptions(["--station", slug, ...args, ...more], { ...api, STATE_DIR: state, ...environment, ...others });
  return { fake, state, slug, optionsOf };
}
type TestAccount = ReturnType<typeof newAccount>;
type Run = { args?: string[]; environment?: Record<string, string>; network?: (inner: typeof fetch) => typeof fetch };

/** One `npm run deploy`, but for wrangler's own process. */
async function run(
  { fake, state, optionsOf }: TestAccount,
  { args = [], environment = {}, network = (inner) => inner }: Run = {},
) {
  const options = optionsOf(args, environment);
  const wire = network((input, init) => fake.fetch(new Request(input, init)));
  const told: string[] = [];
  const deployed = await deploy(options, {
    cloudflare: new Cloudflare(options.cloudflare, { fetch: wire, pause: async () => {} }),
    workers: light,
    folder: join(state, "deploy"),
    upload: quickUpload(wire, options.cloudflare),
    build: async () => {},
    fetch: throughAccount(fake, miniflareOf(), ADMIN),
    pause: async () => {},
    makeToken: (prefix) => (prefix === "rda_" ? ADMIN : `${prefix}${"e".repeat(43)}`),
    tell: ({ said }) => told.push(said),
  });
  return { ...deployed, told };
}

/** All that the account holds, without what is made up. */
function contentsOf({ fake }: TestAccount) {
  const { buckets, cacheRules, databases, scripts, domains, subdomain } = fake.account;
  return {
    buckets: [...buckets],
    cacheRules: [...cacheRules],
    databases: [...databases.values()].map(({ name, sql }) => ({
      name,
      migrations: sql
        .prepare("SELECT name FROM d1_migrations ORDER BY name")
        .all()
        .map(({ name: file }) => file),
      tables: sql.prepare("SELECT sql FROM sqlite_schema ORDER BY name").all(),
    })),
    scripts: [...scripts].map(([name, { deployments, secrets, crons, isOnWorkersDev, observability }]) => {
      const bindings = deployments[0]?.metadata.bindings.map(({ type, name: binding }) => `${type} ${binding}`).sort();
      return { name, bindings, secrets: [...secrets], crons, isOnWorkersDev, observability };
    }),
    domains: [...domains].map(([hostname, { service }]) => `${hostname} ${service}`),
    subdomain,
  };
}

function miniflareOf(): Running["miniflare"] {
  if (running === undefined) throw new Error("The Workers do not run.");
  return running.miniflare;
}

async function stationStatus(slug: string): Promise<number> {
  const control = await miniflareOf().getWorker("control");
  const headers = { authorization: `Bearer ${ADMIN}` };
  return (await control.fetch(`https://control.example/api/v1/stations/${slug}`, { headers })).status;
}

describe("npm run deploy", () => {
  it("takes an account from nothing to a station, each thing before what needs it", async () => {
    const account = newAccount();
    const { edgeUrl, controlUrl, enrolToken, told } = await run(account);
    expect(account.fake.faulty).toEqual([]);
    expect(account.fake.changes).toEqual([
      "POST /r2/buckets",
      "PUT /r2/buckets/radio-dream-media-staging/lifecycle",
      "POST /r2/buckets",
      "PUT /r2/buckets/radio-dream-segments-staging/lifecycle",
      "POST /d1/database",
      "PUT /workers/subdomain",
      "PUT /workers/scripts/radio-dream-edge-staging",
      "POST /workers/scripts/radio-dream-edge-staging/subdomain",
      "PUT /workers/scripts/radio-dream-edge-staging/schedules",
      "PUT /workers/scripts/radio-dream-control-staging",
      "POST /workers/scripts/radio-dream-control-staging/subdomain",
      "PUT /workers/scripts/radio-dream-control-staging/schedules",
      "PUT /workers/scripts/radio-dream-control-staging/secrets",
      "PUT /workers/scripts/radio-dream-control-staging/secrets",
    ]);
    expect(edgeUrl).toBe("https://radio-dream-edge-staging.radio-dream-01234567.workers.dev");
    expect(controlUrl).toBe("https://radio-dream-control-staging.radio-dream-01234567.workers.dev");
    expect(enrolToken).toMatch(/^rde_/);
    expect(await stationStatus(account.slug)).toBe(200);
    expect(told.filter((line) => line.includes(ADMIN))).toHaveLength(1);
    expect(told.join()).not.toContain(enrolToken);
  });

  it("changes nothing the second time, on this machine or on another one", async () => {
    const account = newAccount();
    await run(account);
    const before = contentsOf(account);
    account.fake.calls.length = 0;
    const second = await run(account);
    expect([account.fake.changes, second.changes, second.enrolToken?.slice(0, 4)]).toEqual([[], 0, "rde_"]);
    const elsewhere = await run(account, { environment: { STATE_DIR: `${account.state}/empty`, ADMIN_TOKEN: ADMIN } });
    expect([account.fake.changes, elsewhere.changes, elsewhere.enrolToken]).toEqual([[], 0, null]);
    expect(contentsOf(account)).toEqual(before);
  });

  it("finishes in the next run what failed anywhere in the one before", async () => {
    const seen = new Set<string>();
    for (const args of [[], ["--domain", "radio.example.com", "--segments-domain", "media.example.com"]]) {
      const clean = newAccount(args);
      await run(clean);
      const wanted = contentsOf(clean);
      const calls = clean.fake.calls.map(({ method, path }) => `${method} ${path}`);
      const isNew = (call: string, place: number) => calls.indexOf(call) === place || calls.lastIndexOf(call) === place;
      const places = [...calls.keys()].filter((place) => isNew(calls[place] ?? "", place));
      for (const place of places.filter((one) => !seen.has(calls[one] ?? ""))) {
        const call = calls[place] ?? "";
        for (const fault of call.startsWith("GET") ? (["500"] as const) : (["500", "429", "lost"] as const)) {
          const account = newAccount(args);
          const what = `${fault} at call ${place}, ${call}`;
          const failing = run(account, { network: (inner) => away(inner, place, fault) });
          await expect(failing, what).rejects.toThrow(/Cloudflare|wrangler/);
          await run(account);
          expect(contentsOf(account), what).toEqual(wanted);
          expect(await stationStatus(account.slug), what).toBe(200);
          expect(account.fake.faulty, what).toEqual([]);
        }
      }
      for (const call of calls) seen.add(call);
    }
    expect(seen.size).toBeGreaterThan(30);
  }, 300_000);

  it("waits for control to answer, and says so when it does not", async () => {
    const account = newAccount();
    const miniflare = miniflareOf();
    const control = await miniflare.getWorker("control");
    let asked = 0;
    const slow = {
      getWorker: async () => ({
        fetch: async (...args: Parameters<typeof control.fetch>) => {
          if (asked++ < 5) throw new TypeError("no certificate yet");
          return control.fetch(...args);
        },
      }),
    };
    vi.spyOn(miniflare, "getWorker").mockImplementation(slow.getWorker as never);
    expect((await run(account)).told.at(-1)).toBe(`Station ${account.slug} made.`);
    asked = Number.NEGATIVE_INFINITY;
    await expect(run(account, { args: ["--station", "another"] })).rejects.toThrow("Control does not answer");
  });

  it("gives each Worker its domain, and remembers it by the account alone", async () => {
    const account = newAccount();
    const args = ["--environment", "production", "--domain", "radio.example.com"];
    const { edgeUrl, controlUrl } = await run(account, { args });
    expect([edgeUrl, controlUrl]).toEqual(["https://radio.example.com", "https://control.radio.example.com"]);
    expect(contentsOf(account)).toMatchObject({
      subdomain: null,
      domains: [
        "radio.example.com radio-dream-edge-production",
        "control.radio.example.com radio-dream-control-production",
      ],
      scripts: [
        { isOnWorkersDev: false, observability: { enabled: true, head_sampling_rate: 0.01 } },
        { isOnWorkersDev: false, observability: { enabled: true, head_sampling_rate: 0.1 } },
      ],
    });
    const again = await run(account, { args: ["--environment", "production"] });
    expect([again.changes, again.edgeUrl]).toEqual([0, edgeUrl]);
  });

  it("opens the bucket of the segments to everyone when it is told to, with the cache in front of it as it must be", async () => {
    const account = newAccount();
    const { buckets, cacheRules, scripts } = account.fake.account;
    const theirs = { ...cacheRule("shop.example.com"), description: "theirs" };
    cacheRules.set("zone-of-example", [theirs]);
    const first = await run(account);
    expect([...buckets.values()].flatMap(({ domains }) => domains)).toEqual([]);
    const second = await run(account, { args: ["--segments-domain", "media.example.com"] });
    expect(account.fake.faulty).toEqual([]);
    expect([first.changes > 9, second.changes]).toEqual([true, 4]);
    expect(buckets.get("radio-dream-media-staging")).toMatchObject({ domains: [], cors: null });
    expect(buckets.get("radio-dream-segments-staging")).toMatchObject({
      domains: [{ domain: "media.example.com", enabled: true }],
      cors: [{ allowed: { origins: ["*"] } }],
    });
    expect(cacheRules.get("zone-of-example")).toEqual([theirs, cacheRule("media.example.com")]);
    expect(scripts.get("radio-dream-edge-staging")?.deployments[0]?.metadata.bindings).toContainEqual({
      type: "plain_text",
      name: "SEGMENTS_URL",
      text: "https://media.example.com",
    });
    expect((await run(account)).changes).toBe(0);
  });

  it("keeps environments apart", async () => {
    const account = newAccount();
    await run(account);
    const staging = contentsOf(account);
    await run(account, { args: ["--environment", "production"] });
    const both = contentsOf(account);
    expect(both.scripts.slice(0, 2)).toEqual(staging.scripts);
    const names = [...both.buckets.map(([name]) => name), ...both.databases.map(({ name }) => name)];
    expect(names.filter((name) => name.endsWith("-production"))).toHaveLength(3);
    expect(new Set(names).size).toBe(6);
  });

  it("takes no domain that is another Worker's or in no zone of the account", async () => {
    const account = newAccount();
    const taken = { id: "1", hostname: "radio.example.com", service: "shop", zone_id: "z", zone_name: "example.com" };
    account.fake.account.domains.set("radio.example.com", taken);
    await expect(run(account, { args: ["--domain", "radio.example.com"] })).rejects.toThrow("leads to shop already");
    await expect(run(account, { args: ["--domain", "radio.example.org"] })).rejects.toThrow("No zone of this account");
    expect(account.fake.account.domains.get("radio.example.com")).toEqual(taken);
  });

  it("sets what an upload that broke off left unset: crons, workers.dev, logs", async () => {
    const account = newAccount();
    await run(account);
    const wanted = contentsOf(account);
    for (const script of account.fake.account.scripts.values()) {
      Object.assign(script, { crons: [], isOnWorkersDev: false, observability: null });
    }
    expect((await run(account)).changes).toBe(2);
    expect(contentsOf(account)).toEqual(wanted);
  });

  it("leaves variables, secrets and lifecycle rules of others as they are", async () => {
    const account = newAccount();
    await run(account);
    const { scripts, buckets } = account.fake.account;
    const control = scripts.get("radio-dream-control-staging");
    const variable = { type: "plain_text" as const, name: "ALERT_EMAIL_FROM", text: "radio@example.com" };
    control?.deployments[0]?.metadata.bindings.push(variable);
    control?.secrets.set("ALERT_SMS_TOKEN", "theirs");
    const rule = { id: "theirs", enabled: true, conditions: { prefix: "theirs/" } };
    buckets.get("radio-dream-media-staging")?.rules.push(rule);
    await run(account, { args: ["--access-team", "https://team.cloudflareaccess.com", "--access-audience", "abc"] });
    expect(control?.deployments[0]?.metadata.bindings).toContainEqual(variable);
    expect(control?.secrets.get("ALERT_SMS_TOKEN")).toBe("theirs");
    expect(buckets.get("radio-dream-media-staging")?.rules).toContainEqual(rule);
  });

  it("puts control behind Access until it is told otherwise", async () => {
    const account = newAccount();
    const variables = () => {
      const [present] = account.fake.account.scripts.get("radio-dream-control-staging")?.deployments ?? [];
      const texts = present?.metadata.bindings.flatMap((one) =>
        one.type === "plain_text" ? [[one.name, one.text]] : [],
      );
      return Object.fromEntries(texts ?? []);
    };
    const team = "https://team.cloudflareaccess.com";
    await run(account, { args: ["--access-team", team, "--access-audience", "abc"] });
    expect(variables()).toMatchObject({ ACCESS_TEAM: team, ACCESS_AUDIENCE: "abc" });
    expect((await run(account)).changes).toBe(0);
    await run(account, { args: ["--access-off"] });
    expect(variables()).toMatchObject({ ACCESS_TEAM: "", ACCESS_AUDIENCE: "" });
    expect((await run(account)).changes).toBe(0);
  });

  it("needs an admin's token only to make a station, and makes tokens anew when they are lost", async () => {
    const account = newAccount();
    await run(account);
    const elsewhere = { STATE_DIR: `${account.state}/empty` };
    await expect(run(account, { args: ["--station", "not-there-yet"], environment: elsewhere })).rejects.toThrow(
      "nobody here knows an admin token",
    );
    const renewed = await run(account, { args: ["--new-tokens"], environment: elsewhere });
    expect([renewed.changes, renewed.enrolToken?.slice(0, 4)]).toEqual([2, "rde_"]);
  });

  it("goes back to the release before, and forward again", async () => {
    const account = newAccount();
    const options = account.optionsOf([]);
    const wire: typeof fetch = (input, init) => account.fake.fetch(new Request(input, init));
    const cloudflare = new Cloudflare(options.cloudflare, { fetch: wire, pause: async () => {} });
    const { control } = workersIn(options);
    await run(account);
    await expect(rollback(cloudflare, control)).rejects.toThrow("no earlier release");
    const first = releaseInService(account, control);
    await run(account, { args: ["--access-off"] });
    const second = releaseInService(account, control);
    expect(second).not.toBe(first);
    await rollback(cloudflare, control);
    expect(releaseInService(account, control)).toBe(first);
    await rollback(cloudflare, control);
    expect(releaseInService(account, control)).toBe(second);
    expect(account.fake.faulty).toEqual([]);
  });

  it("says which permission the API token lacks", async () => {
    const account = newAccount([], { CLOUDFLARE_API_TOKEN: "another" });
    await expect(run(account)).rejects.toThrow('needs the permission "Workers R2 Storage: Edit"');
  });
});

function releaseInService({ fake }: TestAccount, worker: string): string | undefined {
  const bindings = fake.account.scripts.get(worker)?.deployments[0]?.metadata.bindings ?? [];
  return bindings.flatMap((one) => (one.type === "plain_text" && one.name === "RELEASE" ? [one.text] : []))[0];
}

/** From the call at this place on the API is away: it says so, or takes the call and the answer is lost. */
function away(inner: typeof fetch, place: number, fault: "500" | "429" | "lost"): typeof fetch {
  let calls = 0;
  return async (input, init) => {
    const at = calls++;
    if (at < place) return inner(input, init);
    if (fault !== "lost") return new Response("{}", { status: Number(fault), headers: { "retry-after": "1" } });
    if (at === place) await inner(input, init);
    throw new DOMException("no answer in time", "TimeoutError");
  };
}
