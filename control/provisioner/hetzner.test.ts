import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createHetzner } from "./hetzner.ts";
import { ENROL_TOKEN, NODE, settingsOf, TEMPLATE } from "./test-node.ts";

type Recorded = { method: string; path: string; authorization: string | null; body: unknown };

/** The API's answers as its reference documents them, in the order in which they are asked for. */
function hetzner(answers: Response[], parts: object = {}) {
  const recorded: Recorded[] = [];
  const settings = settingsOf("hetzner", parts);
  if (settings.driver !== "hetzner") throw new Error("it is hetzner that is tested");
  const provisioner = createHetzner(settings, async (request) => {
    const { pathname, search } = new URL(request.url);
    const text = await request.text();
    const authorization = request.headers.get("authorization");
    recorded.push({
      method: request.method,
      path: pathname + search,
      authorization,
      body: text ? JSON.parse(text) : null,
    });
    return answers.shift() ?? Response.error();
  });
  return { recorded, recreate: (parts = {}) => provisioner.recreate({ ...NODE, ...parts }) };
}

const action = (command: string) => ({
  id: 1,
  command,
  status: "running",
  progress: 0,
  started: "2026-11-22T17:00:00+00:00",
  finished: null,
  resources: [{ id: 42, type: "server" }],
  error: null,
});

const listed = (...names: string[]) =>
  Response.json({
    servers: names.map((name, index) => ({ id: 42 + index, name, status: "running", labels: {} })),
    meta: {
      pagination: { page: 1, per_page: 25, previous_page: null, next_page: null, last_page: 1, total_entries: 1 },
    },
  });

const refusal = (status: number, code: string) =>
  Response.json({ error: { code, message: `refused ${ENROL_TOKEN}`, details: {} } }, { status });

describe("a node at Hetzner", () => {
  it("is rebuilt where its machine is there, which keeps its addresses", async () => {
    const rebuilt = Response.json({ action: action("rebuild_server"), root_password: null }, { status: 201 });
    const { recorded, recreate } = hetzner([listed("radio-dream-origin-2"), rebuilt]);
    expect(await recreate()).toEqual({ outcome: "accepted", detail: "machine 42 is being rebuilt" });
    const authorization = "Bearer token-of-the-far-side";
    expect(recorded).toEqual([
      { method: "GET", path: "/servers?name=radio-dream-origin-2", authorization, body: null },
      { method: "POST", path: "/servers/42/actions/rebuild", authorization, body: { image: "docker-ce" } },
    ]);
  });

  it("is not rebuilt for another image: its machine would run the one it was told of first", async () => {
    const { recorded, recreate } = hetzner([listed("radio-dream-origin-2")]);
    expect(await recreate({ image: "radio-dream/origin:2" })).toMatchObject({ outcome: "failed", retry: false });
    expect(recorded).toHaveLength(1);
  });

  it("is created where there is none, and runs its container for good", async () => {
    const created = { server: { id: 43, name: "radio-dream-origin-2", status: "initializing" }, next_actions: [] };
    const answer = Response.json({ ...created, action: action("create_server"), root_password: null }, { status: 201 });
    const { recorded, recreate } = hetzner([listed(), answer]);
    expect(await recreate()).toMatchObject({ outcome: "accepted" });
    expect(recorded[1]).toMatchObject({
      method: "POST",
      path: "/servers",
      body: {
        name: "radio-dream-origin-2",
        server_type: "cx23",
        image: "docker-ce",
        location: "fsn1",
        ssh_keys: ["ops"],
        start_after_create: true,
      },
    });
    const { user_data } = z.object({ user_data: z.string() }).parse(recorded[1]?.body);
    const [head, json] = [user_data.slice(0, 14), JSON.parse(user_data.slice(14))];
    expect(head).toBe("#cloud-config\n");
    expect(json.runcmd[0].slice(0, 4)).toEqual(["docker", "run", "--detach", "--name"]);
    expect(json.runcmd[0].at(-1)).toBe(TEMPLATE.image);
    for (const option of ["--restart always", "--stop-timeout 25", "--read-only", "--memory 128m", "--cpus 1"])
      expect(json.runcmd[0].join(" ")).toContain(option);
    expect(atob(json.write_files[0].content).split("\n")).toEqual(
      expect.arrayContaining(["ORIGIN_ID=origin-2", `ENROL_TOKEN=${ENROL_TOKEN}`]),
    );
    expect(json.runcmd[0].join(" ")).not.toContain(ENROL_TOKEN);
  });

  it("is never another's machine, whatever the list holds", async () => {
    const { recorded, recreate } = hetzner([
      listed("radio-dream-origin-22", "mail"),
      Response.json({}, { status: 201 }),
    ]);
    await recreate();
    expect(recorded[1]?.path).toBe("/servers");
  });

  it.each([
    [423, "locked", true],
    [409, "conflict", true],
    [429, "rate_limit_exceeded", true],
    [412, "resource_unavailable", true],
    [503, "maintenance", true],
    [401, "unauthorized", false],
    [403, "resource_limit_exceeded", false],
    [422, "invalid_input", false],
  ])("is tried again or not, by what is answered: %d %s: %s", async (status, code, retry) => {
    const { recreate } = hetzner([listed("radio-dream-origin-2"), refusal(status, code)]);
    const reason = `rebuilding the machine: answered ${status}, ${code}`;
    expect(await recreate()).toEqual({ outcome: "failed", retry, reason });
  });

  it("is tried again when what comes is no list, and not when no machine is described", async () => {
    expect(await hetzner([new Response("<html>")]).recreate()).toMatchObject({ outcome: "failed", retry: true });
    expect(await hetzner([], { server: undefined }).recreate()).toMatchObject({ outcome: "failed", retry: false });
  });
});
