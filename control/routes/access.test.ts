import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { equalHashes, sha256Of } from "../auth/hash.ts";
import { ADMIN, call, createStation, enrol, makeEnrolmentToken } from "./test-client.ts";

const makeAdmin = async (name: string) => (await call("POST", "tokens", { kind: "admin", name })).body;

afterEach(() => vi.restoreAllMocks());

describe("the API", () => {
  const paths: [string, string][] = [
    ["GET", "stations"],
    ["POST", "stations"],
    ["DELETE", "stations/demo"],
    ["POST", "stations/demo/keys"],
    ["GET", "origins"],
    ["POST", "origins/a/evict"],
    ["GET", "routing"],
    ["GET", "incidents"],
    ["GET", "tokens"],
    ["POST", "tokens"],
    ["GET", "no-such-path"],
  ];

  it.each(paths)("%s /%s is for admins alone", async (method, path) => {
    const body = method === "POST" ? {} : undefined;
    for (const token of [null, "", "rda_wrong", `${ADMIN}x`, ADMIN.slice(0, -1)]) {
      const answer = await call(method, path, body, token);
      expect([answer.status, answer.body.error.code]).toEqual([401, "unauthorized"]);
      expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
    }
    const answer = await call(method, path, body, await makeEnrolmentToken());
    expect([answer.status, answer.body.error.code]).toEqual([403, "forbidden"]);
  });

  it("is not open to the scripts of other sites, keeps answers out of caches, and says so on errors too", async () => {
    for (const token of [ADMIN, null]) {
      const { headers } = await call("GET", "stations", undefined, token);
      expect(headers.get("Access-Control-Allow-Origin")).toBeNull();
      expect(headers.get("Cache-Control")).toBe("no-store");
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    }
  });

  it("answers a fault of its own with a plain 500 and logs it", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line) => lines.push(line));
    vi.spyOn(env.MEDIA, "get").mockRejectedValue(new Error("secret inner workings"));
    const { status, body } = await call("GET", "routing");
    expect([status, body.error.code]).toEqual([500, "internal_error"]);
    expect(JSON.stringify(body)).not.toContain("inner workings");
    expect(lines.join()).toContain("secret inner workings");
  });
});

describe("tokens", () => {
  it("are shown once, work until they are ended, and are listed without themselves", async () => {
    const alice = await makeAdmin("alice");
    expect(alice).toEqual({
      id: expect.any(String),
      kind: "admin",
      name: "alice",
      token: expect.stringMatching(/^rda_[\w-]{43}$/),
    });
    expect((await call("GET", "stations", undefined, alice.token)).status).toBe(200);
    const { body } = await call("GET", "tokens?limit=100");
    expect(body.items).toContainEqual({
      id: alice.id,
      kind: "admin",
      name: "alice",
      origin: null,
      createdAt: expect.any(Number),
    });
    expect((await call("DELETE", `tokens/${alice.id}`)).status).toBe(204);
    expect((await call("GET", "stations", undefined, alice.token)).status).toBe(401);
    expect((await call("DELETE", `tokens/${alice.id}`)).status).toBe(404);
  });

  it("give what is done with them their holder's name", async () => {
    const bob = await makeAdmin("bob");
    await call("POST", "stations", { slug: "bobs", name: "Bob's" }, bob.token);
    expect((await call("GET", "incidents?station=bobs")).body.items[0].actor).toBe("admin bob");
  });

  it.each([{ kind: "origin", name: "x" }, { kind: "admin", name: "" }, { kind: "admin" }])(
    "are not made of %j",
    async (input) => {
      expect((await call("POST", "tokens", input)).status).toBe(422);
    },
  );

  it("stand in no table, and in no line of the log", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line) => lines.push(line));
    await createStation("secretive");
    const enrolment = await makeEnrolmentToken();
    const origin = await enrol("discreet", enrolment);
    await origin.beat();
    const { key } = (await call("POST", "stations/secretive/keys", { name: "Ann" })).body;
    const admin = (await makeAdmin("carol")).token;
    await call("GET", "stations", undefined, "rda_refused-token");

    const { results: tables } = await env.DB.prepare(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and name not like '_cf_%'",
    ).all<{ name: string }>();
    const stored = await Promise.all(
      tables.map(async ({ name }) => JSON.stringify((await env.DB.prepare(`select * from ${name}`).all()).results)),
    );
    for (const secret of [enrolment, origin.token, key, admin, ADMIN, "rda_refused-token"]) {
      expect(stored.join()).not.toContain(secret.slice(4));
      expect(lines.join()).not.toContain(secret.slice(4));
    }
    expect(stored.join()).toContain(await sha256Of(origin.token));
  });
});

describe("hashes", () => {
  it("are SHA-256 in hexadecimal, and equal only when they are", async () => {
    const hash = await sha256Of("abc");
    expect(hash).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(equalHashes(hash, hash)).toBe(true);
    expect(equalHashes(hash, await sha256Of("abd"))).toBe(false);
    expect(equalHashes(hash, hash.slice(1))).toBe(false);
  });
});
