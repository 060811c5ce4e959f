import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "../../dev/settings.ts";
import { FORGIVING } from "../harness/forgiving-policy.ts";
import { type Stack, startStack } from "../harness/stack.ts";
import { slicerOf } from "../harness/station.ts";

const COMMAND_MS = 60_000;
const Finding = z.object({ level: z.string(), about: z.string(), says: z.string(), page: z.string().nullable() });
const Report = z.object({ findings: z.array(Finding) });
const NOBODY_IS_TOLD = "docs/runbooks/alerts-undelivered.md";

/** Passes everything on to `target`, and what is answered at one path through `change`. */
async function proxy(target: string, path: string, change: (body: string) => { status: number; body: string }) {
  const server: Server = createServer(async (request, response) => {
    const answer = await fetch(target + request.url, {
      headers: { authorization: request.headers.authorization ?? "" },
    });
    const { status, body } =
      request.url === path
        ? change(await answer.text())
        : { status: answer.status, body: Buffer.from(await answer.bytes()) };
    const headers = [...answer.headers].filter(
      ([name]) => !/^(?:content-(?:length|encoding)|transfer-encoding)$/.test(name),
    );
    response.writeHead(status, Object.fromEntries(headers)).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

const edited = (edit: (parsed: Record<string, unknown>) => void) => (body: string) => {
  const parsed = JSON.parse(body);
  edit(parsed);
  return { status: 200, body: JSON.stringify(parsed) };
};

describe("the doctor, at a radio that runs", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ listed: 4 });
    // A machine with other work to do may be slow to start: that is no fault of the fleet's.
    await stack.api(z.unknown(), "PATCH", "/api/v1/policy", { ...FORGIVING, trialMs: 10 * 60_000 });
  });
  afterAll(() => stack?.stop());

  /** What is wrong, but that nobody is told of it: no stack of tests has channels for alerts. */
  async function examine(parts: { edge?: string; control?: string; token?: string } = {}) {
    const { edge = stack.edgeUrl, control = stack.controlUrl, token = stack.adminToken } = parts;
    const args = ["--edge", edge, "--control", control, "--token", token, "--json"];
    const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) => {
      const options = { cwd: ROOT, timeout: COMMAND_MS, maxBuffer: 4 << 20 };
      execFile(process.execPath, [join(ROOT, "dev/doctor/doctor.ts"), ...args], options, (error, stdout) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout }),
      );
    });
    const { findings } = Report.parse(JSON.parse(stdout));
    const wrong = findings.filter(({ level, page }) => level !== "ok" && page !== NOBODY_IS_TOLD);
    return { code, faults: wrong.filter(({ level }) => level === "fault"), wrong };
  }

  it("finds no fault when there is none", async () => {
    // A fleet that has just begun is not fully at work yet.
    await expect.poll(async () => (await examine()).wrong, { timeout: 120_000, interval: 2000 }).toEqual([]);
    expect((await examine()).code).toBe(1);
  });

  it("names a wrong token", async () => {
    const { code, faults } = await examine({ token: "not-the-token" });
    expect(faults).toContainEqual(expect.objectContaining({ about: "token" }));
    expect(code).toBe(2);
  });

  it.each([
    ["migrations that were not applied", (told: Record<string, unknown>) => (told.migrations as string[]).pop(), "D1"],
    [
      "a plan that is out of date",
      (told: Record<string, unknown>) =>
        (told.stalePlans as object[]).push({ station: "demo", builtAt: 1, failure: "R2" }),
      "station demo",
    ],
  ])("names %s", async (_, edit, about) => {
    const between = await proxy(stack.controlUrl, "/api/v1/diagnosis", edited(edit));
    try {
      expect((await examine({ control: between.url })).faults).toContainEqual(expect.objectContaining({ about }));
    } finally {
      between.close();
    }
  });

  it("names an edge that has no routing", async () => {
    const none = JSON.stringify({ status: "no routing", routing: null, now: Date.now() });
    const between = await proxy(stack.edgeUrl, "/healthz", () => ({ status: 503, body: none }));
    try {
      const { faults } = await examine({ edge: between.url });
      expect(faults).toContainEqual(expect.objectContaining({ page: "docs/runbooks/routing-missing.md" }));
    } finally {
      between.close();
    }
  });

  it("names an origin that was evicted", async () => {
    const { id } = await slicerOf(stack);
    await stack.api(z.unknown(), "POST", `/api/v1/origins/${id}/evict?force=true`);
    const { faults } = await examine();
    const named = { about: id, says: expect.stringContaining("evicted") };
    expect(faults).toContainEqual(expect.objectContaining(named));
  });
});
