import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { unstable_splitSqlQuery } from "wrangler";
import { z } from "zod";
import { openDatabase } from "../../control/db/database.ts";
import type { Node, Provisioner } from "../../control/health/provisioner.ts";
import { createDocker } from "../../control/provisioner/docker.ts";
import { withLease } from "../../control/provisioner/lease.ts";
import { readProvisionerSettings } from "../../control/provisioner/settings.ts";
import { applyMigrations } from "../../dev/migrations.ts";
import { ROOT } from "../../dev/settings.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { type Engine, findEngine, startEngine } from "./engine.ts";
import { makeTinyImage, TINY_IMAGE } from "./tiny-image.ts";

const program = findEngine();
if (program === null) console.warn("SKIPPED: there is neither podman nor a docker that runs on this machine.");

const BASE = process.env.CONTAINER_IMAGE;
const ID = `engine-test-${process.pid}`;
const NAME = `radio-dream-${ID}`;
const NODE: Node = {
  id: ID,
  url: "https://node.example",
  rtmpUrl: "rtmp://node.example:1935",
  roles: ["slicer"],
  version: "1",
  image: null,
};
const TEMPLATE = {
  image: TINY_IMAGE,
  env: { EDGE_URL: "https://edge.example", ENROL_TOKEN: "rde_x" },
  memoryMb: 64,
  cpus: 0.5,
};

const Container = z.object({
  Id: z.string(),
  State: z.object({ Running: z.boolean() }),
  Config: z.object({ Env: z.array(z.string()), Labels: z.record(z.string(), z.string()) }),
  HostConfig: z.object({
    Memory: z.number(),
    NanoCpus: z.number(),
    ReadonlyRootfs: z.boolean(),
    NetworkMode: z.string(),
    RestartPolicy: z.object({ Name: z.string() }),
  }),
  Mounts: z.array(z.object({ Name: z.string(), Destination: z.string() })),
});

let engine: Engine;

function dockerAt(url: string, parts: object = {}): Provisioner {
  const settings = readProvisionerSettings({
    PROVISIONER: "docker",
    PROVISIONER_URL: url,
    PROVISIONER_NODES: JSON.stringify({ ...TEMPLATE, ...parts }),
  });
  if (settings.driver !== "docker") throw new Error("it is docker that is tested");
  return createDocker(settings, (request) => fetch(request));
}
const recreate = (parts: object = {}) => dockerAt(engine.url, parts).recreate(NODE);

async function container(): Promise<z.infer<typeof Container>> {
  const answer = await engine.ask("GET", `/v1.41/containers/${NAME}/json`);
  expect(answer.status).toBe(200);
  return Container.parse(await answer.json());
}

/** How often the node has written into its volume that it starts. */
async function starts(): Promise<number> {
  const answer = await engine.ask("GET", `/v1.41/containers/${NAME}/archive?path=/data/starts`);
  const text = answer.status === 200 ? new TextDecoder().decode(await answer.arrayBuffer()) : "";
  return text.match(/ UTC /g)?.length ?? 0;
}

const creations = () => engine.requests.filter((request) => request.includes("/containers/create")).length;

async function clear(): Promise<void> {
  await engine.ask("POST", `/v1.41/containers/${NAME}/kill`);
  await engine.ask("DELETE", `/v1.41/containers/${NAME}?force=true`);
  await engine.ask("DELETE", `/v1.41/volumes/${NAME}?force=true`);
}

describe.skipIf(program === null)("a node in a real engine", () => {
  beforeAll(async () => {
    engine = await startEngine(program ?? "podman", BASE === undefined);
    await makeTinyImage(engine, BASE);
  });
  afterEach(clear);
  afterAll(async () => {
    await engine.ask("DELETE", `/v1.41/images/${TINY_IMAGE}?force=true`);
    await engine.stop();
  });

  it("is made where there was none, runs, and has its settings", async () => {
    expect(await recreate()).toMatchObject({ outcome: "accepted" });
    await expect.poll(starts).toBe(1);
    const made = await container();
    expect(made).toMatchObject({
      State: { Running: true },
      Config: { Labels: { "radio-dream.origin": ID } },
      HostConfig: {
        ...{ Memory: 64 << 20, NanoCpus: 500_000_000, ReadonlyRootfs: true },
        ...{ NetworkMode: "host", RestartPolicy: { Name: "always" } },
      },
      Mounts: [{ Name: NAME, Destination: "/data" }],
    });
    expect(made.Config.Env).toEqual(
      expect.arrayContaining([
        "EDGE_URL=https://edge.example",
        "ENROL_TOKEN=rde_x",
        `ORIGIN_ID=${ID}`,
        "PUBLIC_URL=https://node.example",
        "RTMP_URL=rtmp://node.example:1935",
        "DATA_DIR=/data",
      ]),
    );
  });

  it("takes the place of the one that runs, and keeps its data", async () => {
    await recreate();
    await expect.poll(starts).toBe(1);
    const before = await container();
    expect(await recreate()).toMatchObject({ outcome: "accepted" });
    await expect.poll(starts).toBe(2);
    const after = await container();
    expect([after.State.Running, after.Id === before.Id]).toEqual([true, false]);
  });

  it("starts without its old data where that is set", async () => {
    await recreate();
    await expect.poll(starts).toBe(1);
    expect(await recreate({ keepVolume: false })).toMatchObject({ outcome: "accepted" });
    await expect.poll(starts).toBe(1);
  });

  it("takes the place of one that was created and never started", async () => {
    await recreate();
    await engine.ask("POST", `/v1.41/containers/${NAME}/stop?t=0`);
    expect(await recreate()).toMatchObject({ outcome: "accepted" });
    expect((await container()).State.Running).toBe(true);
  });

  it("is not tried again when the engine has no such image, the reason names it, and what runs goes on", async () => {
    await recreate();
    const before = await container();
    const answer = await recreate({ image: "localhost/no-such-image:1" });
    expect(answer).toMatchObject({ outcome: "failed", retry: false, reason: expect.stringContaining("no-such-image") });
    expect(answer).toMatchObject({ reason: expect.stringMatching(/^finding image .*: answered 404/) });
    expect([(await container()).Id, (await container()).State.Running]).toEqual([before.Id, true]);
  });

  it("is tried again, in time, when the engine is away", async () => {
    const away = dockerAt("http://127.0.0.1:1");
    const leased = await withDatabase((deps) => withLease(away, deps).recreate(NODE));
    expect(leased).toMatchObject({ outcome: "failed", retry: true });
  });

  it("is made once when two ask at the same time: the other is told to wait", async () => {
    await withDatabase(async (deps) => {
      const before = creations();
      const askers = [withLease(dockerAt(engine.url), deps), withLease(dockerAt(engine.url), deps)];
      const outcomes = (await Promise.all(askers.map((asker) => asker.recreate(NODE)))).map(({ outcome }) => outcome);
      expect(outcomes.toSorted()).toEqual(["accepted", "wait"]);
      expect(creations() - before).toBe(1);
    });
  });

  it("is there and runs when two ask at the same time without a lease, and who lost may try again", async () => {
    const answers = await Promise.all([recreate(), recreate()]);
    const lost = answers.filter(({ outcome }) => outcome === "failed");
    expect(lost.length).toBeLessThan(2);
    for (const answer of lost) expect(answer).toMatchObject({ retry: true });
    expect((await container()).State.Running).toBe(true);
  });
});

type Deps = Parameters<typeof withLease>[1];

/** With a D1 of its own, made by the migrations. */
async function withDatabase<T>(work: (deps: Deps) => Promise<T>): Promise<T> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({ modules: true, script: "export default {}", d1Databases: ["DB"], cf: false }),
  );
  try {
    const binding = await miniflare.getD1Database("DB");
    await applyMigrations(binding, join(ROOT, "migrations"), unstable_splitSqlQuery);
    const log = createLog({ write: () => {} });
    return await work({ db: openDatabase(binding as unknown as D1Database), clock: systemClock, log });
  } finally {
    await miniflare.dispose();
  }
}
