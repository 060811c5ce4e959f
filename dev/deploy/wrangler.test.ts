import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { pause } from "../../kit/loop.ts";
import { buildAll, endBuilding } from "../build.ts";
import { WORKERS } from "./checked-in.ts";
import { Cloudflare } from "./cloudflare.ts";
import { deploy } from "./deploy.ts";
import { FakeCloudflare } from "./fake/cloudflare.ts";
import { runDeployed, throughAccount } from "./fake/deployed.ts";
import { readOptions } from "./options.ts";
import { uploadWithWrangler } from "./upload.ts";

const SLUG = "first";
const EDGE = "radio-dream-edge-staging";
const CONTROL = "radio-dream-control-staging";

const ORIGIN = {
  id: "origin-1",
  instance: crypto.randomUUID(),
  url: "http://origin-1.example:8801",
  rtmpUrl: "rtmp://origin-1.example:1935",
  roles: ["studio", "slicer"],
  version: "test",
  generations: {},
};
const Stations = z.object({ items: z.array(z.object({ slug: z.string() })).optional() });

type Running = Awaited<ReturnType<typeof runDeployed>>;
const fake = new FakeCloudflare();
const state = mkdtempSync(join(tmpdir(), "radio-dream-deploy-"));
let server: ReturnType<typeof serve>;
let api: string;
let running: Running | undefined;
/** While it says so, the API takes no upload. */
let isUploadDown = false;

beforeAll(async () => {
  await buildAll();
  await endBuilding();
  // Other tests may build anew meanwhile.
  for (const { bundle } of WORKERS) {
    for (const file of [bundle, `${bundle}.map`]) copyFileSync(file, join(state, basename(file)));
  }
  const answer = async (request: Request) =>
    isUploadDown && request.method === "PUT" && request.url.includes(`/scripts/${EDGE}`)
      ? Response.json({ success: false, errors: [{ code: 10013, message: "internal error" }] }, { status: 500 })
      : fake.fetch(request);
  api = await new Promise<string>((resolve) => {
    server = serve({ fetch: answer, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}/client/v4`),
    );
  });
}, 120_000);
afterAll(async () => {
  await running?.close();
  await new Promise((resolve) => server.close(resolve));
  fake.close();
  rmSync(state, { recursive: true, force: true });
});

/** The Workers out of what was uploaded, with what was set; begun when somebody first asks for them. */
const askDeployed: typeof fetch = async (input, init) => {
  const secrets = fake.account.scripts.get(CONTROL)?.secrets ?? new Map<string, string>();
  running ??= await runDeployed({ edge: moduleOf(EDGE), control: moduleOf(CONTROL) }, Object.fromEntries(secrets));
  return throughAccount(fake, running.miniflare, secrets.get("ADMIN_TOKEN") ?? "")(input, init);
};

function moduleOf(name: string): string {
  const [present] = fake.account.scripts.get(name)?.deployments ?? [];
  return present?.modules.find((module) => module.name === present.metadata.main_module)?.content ?? "";
}

function run() {
  const environment = { CLOUDFLARE_API_TOKEN: fake.token, CLOUDFLARE_ACCOUNT_ID: fake.accountId, STATE_DIR: state };
  const options = readOptions(["--station", SLUG], { ...environment, CLOUDFLARE_API_BASE_URL: api });
  return deploy(options, {
    cloudflare: new Cloudflare(options.cloudflare),
    workers: WORKERS.map((worker) => ({ ...worker, bundle: join(state, basename(worker.bundle)) })),
    folder: join(state, "deploy"),
    upload: uploadWithWrangler(options.cloudflare),
    build: async () => {},
    fetch: askDeployed,
    pause,
    makeToken: (prefix) => prefix + "x".repeat(43),
    tell: () => {},
  });
}

describe("npm run deploy, by wrangler itself", () => {
  it("says what wrangler said when an upload fails", async () => {
    isUploadDown = true;
    await expect(run().finally(() => (isUploadDown = false))).rejects.toThrow(
      /wrangler deploy failed:.*internal error/s,
    );
    expect(fake.account.scripts.size).toBe(0);
  }, 120_000);

  it("uploads both Workers such that they run: an origin enrols, and the edge knows its station", async () => {
    const deployed = await run();
    expect(fake.faulty).toEqual([]);
    for (const [worker, parts, module] of [
      [EDGE, ["ASSETS", "MEDIA", "SEGMENTS", "RELEASE", "EDGE_URL"], "edge.mjs"],
      [CONTROL, ["ASSETS", "DB", "MONITOR", "MEDIA", "SEGMENTS", "RELEASE", "EDGE_URL"], "control.mjs"],
    ] as const) {
      const script = fake.account.scripts.get(worker);
      const [present] = script?.deployments ?? [];
      const names = present?.metadata.bindings.map(({ name }) => name) ?? [];
      expect(names.sort()).toEqual([...parts].sort());
      expect(present?.metadata).toMatchObject({
        compatibility_flags: ["nodejs_compat"],
        assets: { jwt: expect.anything() },
      });
      expect(present?.modules.map(({ name }) => name).sort()).toEqual([module, `${module}.map`]);
    }
    expect(fake.account.scripts.get(CONTROL)?.crons).toEqual(["* * * * *"]);
    const { controlUrl, enrolToken } = deployed;
    const enrolled = await askDeployed(`${controlUrl}/api/v1/origins/register`, {
      method: "POST",
      headers: { authorization: `Bearer ${enrolToken}`, "content-type": "application/json" },
      body: JSON.stringify(ORIGIN),
    });
    expect([enrolled.status, await enrolled.json()]).toMatchObject([200, { token: expect.stringMatching(/^rdo_/) }]);
    await expect
      .poll(
        async () => {
          const answer = await askDeployed(deployed.edgeUrl, { headers: { accept: "application/json" } });
          return Stations.parse(await answer.json()).items?.map(({ slug }) => slug);
        },
        { timeout: 60_000, interval: 500 },
      )
      .toEqual([SLUG]);
  }, 180_000);

  it("has nothing to do the second time, and does not even start wrangler", async () => {
    fake.calls.length = 0;
    expect((await run()).changes).toBe(0);
    expect(fake.changes).toEqual([]);
    expect(fake.calls.some(({ path }) => path.includes("/workers/services/"))).toBe(false);
  }, 60_000);

  it("uploads a new release as a version of the Worker that is there, with its secrets", async () => {
    for (const { part } of WORKERS) {
      const [present] = fake.account.scripts.get(part === "edge" ? EDGE : CONTROL)?.deployments ?? [];
      const release = present?.metadata.bindings.find(({ name }) => name === "RELEASE");
      Object.assign(release ?? {}, { text: "of-yesterday" });
    }
    expect((await run()).changes).toBe(2);
    expect(fake.faulty).toEqual([]);
    expect(fake.changes.filter((call) => call.endsWith("/versions"))).toHaveLength(2);
    expect([...(fake.account.scripts.get(CONTROL)?.secrets.keys() ?? [])]).toEqual(["ADMIN_TOKEN", "ENROL_TOKEN"]);
  }, 120_000);
});
