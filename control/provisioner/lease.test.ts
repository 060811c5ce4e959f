import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createLog } from "../../kit/log.ts";
import { openDatabase } from "../db/database.ts";
import { provisionings } from "../db/schema.ts";
import type { Recreation } from "../health/provisioner.ts";
import { createProvisioner } from "./create-provisioner.ts";
import { withLease } from "./lease.ts";
import { PROVISIONING } from "./policy.ts";
import { makeEngine } from "./test-docker-engine.ts";
import { ENROL_TOKEN, NODE, settingsOf, TEMPLATE } from "./test-node.ts";

const db = openDatabase(env.DB);
let ms = 1_800_000_000_000;
const lines: string[] = [];
const deps = {
  db,
  clock: { now: () => ms, monotonic: () => ms },
  log: createLog({ write: (line) => lines.push(line) }),
};
const accepted: Recreation = { outcome: "accepted" };
const waitUntil = (until: number) => expect.objectContaining({ outcome: "wait", until });
const nodeCalled = (id: string) => ({ ...NODE, id });

beforeEach(async () => {
  await db.delete(provisionings);
  lines.length = 0;
});

describe("making nodes anew", () => {
  it("happens once at a time for one node, whoever asks", async () => {
    let finish = (_: Recreation) => {};
    const recreate = vi.fn(
      () =>
        new Promise<Recreation>((resolve) => {
          finish = resolve;
        }),
    );
    const [one, other] = [withLease({ recreate }, deps), withLease({ recreate }, deps)];
    const first = one.recreate(NODE);
    await expect.poll(() => recreate.mock.calls.length).toBe(1);
    expect(await other.recreate(NODE)).toEqual(waitUntil(ms + PROVISIONING.leaseMs));
    finish(accepted);
    expect(await first).toEqual(accepted);
    expect(recreate).toHaveBeenCalledTimes(1);
    expect(await db.select().from(provisionings)).toMatchObject([{ origin: "origin-2", outcome: "accepted" }]);
  });

  it("of one node pauses after it was accepted, and not after it failed", async () => {
    const answers: Recreation[] = [{ outcome: "failed", retry: true, reason: "busy" }, accepted, accepted];
    const provisioner = withLease({ recreate: async () => answers.shift() ?? accepted }, deps);
    expect(await provisioner.recreate(NODE)).toMatchObject({ reason: "busy" });
    expect(await provisioner.recreate(NODE)).toEqual(accepted);
    ms += PROVISIONING.pauseMs - 1;
    expect(await provisioner.recreate(NODE)).toEqual(waitUntil(ms + 1));
    ms += 1;
    expect(await provisioner.recreate(NODE)).toEqual(accepted);
  });

  it("begins with few nodes within a while", async () => {
    const provisioner = withLease({ recreate: async () => accepted }, deps);
    for (const id of ["a", "b"]) {
      expect(await provisioner.recreate(nodeCalled(id))).toEqual(accepted);
      ms += 1000;
    }
    const turn = ms - 2000 + PROVISIONING.windowMs;
    expect(await provisioner.recreate(nodeCalled("c"))).toEqual(waitUntil(turn));
    ms = turn - 1;
    expect(await provisioner.recreate(nodeCalled("c"))).toEqual(waitUntil(turn));
    ms = turn;
    expect(await provisioner.recreate(nodeCalled("c"))).toEqual(accepted);
  });

  it("is free again when whoever held the lease has vanished", async () => {
    await db.insert(provisionings).values({
      origin: NODE.id,
      lease: "of-one-that-vanished",
      startedAt: ms,
      heldUntil: ms + PROVISIONING.leaseMs,
      finishedAt: null,
      outcome: null,
    });
    const provisioner = withLease({ recreate: async () => accepted }, deps);
    expect(await provisioner.recreate(NODE)).toEqual(waitUntil(ms + PROVISIONING.leaseMs));
    ms += PROVISIONING.leaseMs;
    expect(await provisioner.recreate(NODE)).toEqual(accepted);
  });

  it("never throws, whatever the far side or D1 does", async () => {
    const broken = withLease({ recreate: () => Promise.reject(new TypeError("refused")) }, deps);
    expect(await broken.recreate(NODE)).toEqual({ outcome: "failed", retry: true, reason: "TypeError: refused" });
    const without = { ...deps, db: openDatabase({} as D1Database) };
    const lost = withLease({ recreate: async () => accepted }, without);
    expect(await lost.recreate(NODE)).toMatchObject({ outcome: "failed", retry: true });
  });
});

describe("the provisioner of the settings", () => {
  it("is nobody unless one is named", async () => {
    const none = createProvisioner(settingsOf(""), { ...deps, fetch: () => Promise.reject(new Error("called")) });
    expect(await none.recreate(NODE)).toEqual({ outcome: "none" });
  });

  it("makes a container through an engine, and writes no secret into the log", async () => {
    const engine = makeEngine("1.47", [TEMPLATE.image]);
    const provisioner = createProvisioner(settingsOf("docker"), { ...deps, fetch: engine.fetch });
    expect(await provisioner.recreate(NODE)).toMatchObject({ outcome: "accepted" });
    expect([...engine.containers.keys()]).toEqual(["radio-dream-origin-2"]);
    expect(lines.join()).toContain("origin-2");
    expect(lines.join()).not.toContain(ENROL_TOKEN);
    expect(lines.join()).not.toContain("token-of-the-far-side");
  });

  it("asks a webhook, signed", async () => {
    const asked: Request[] = [];
    const fetch = async (request: Request) => {
      asked.push(request);
      return new Response(null, { status: asked.length === 1 ? 503 : 202 });
    };
    const provisioner = createProvisioner(settingsOf("webhook"), { ...deps, fetch });
    expect(await provisioner.recreate(NODE)).toEqual({
      outcome: "failed",
      retry: true,
      reason: "the webhook: answered 503",
    });
    expect(await provisioner.recreate(NODE)).toMatchObject({ outcome: "accepted" });
    expect(asked[1]?.headers.get("radio-dream-signature")).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    expect(await asked[1]?.json()).toEqual({ event: "recreate", node: NODE });
  });

  it.each([
    ["docker", { image: "" }, "image"],
    ["docker", { image: "--privileged" }, "image"],
    ["docker", { env: { ENROL_TOKEN: `${ENROL_TOKEN}\nX=1` } }, "env.ENROL_TOKEN"],
    ["docker", { ports: { "8801": 1 } }, "ports"],
    ["hetzner", { nodes: { "origin-1": { engine: "unix:///var/run/docker.sock" } } }, "nodes.origin-1.engine"],
    ["kubernetes", {}, "PROVISIONER"],
  ])("is not made of %s with %j, and the error names the place without its value", (driver, parts, place) => {
    const message = (() => {
      try {
        settingsOf(driver, parts);
        return "";
      } catch (thrown) {
        return String(thrown);
      }
    })();
    expect(message).toContain(place);
    expect(message).not.toContain(ENROL_TOKEN);
  });
});
