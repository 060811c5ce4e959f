import { env } from "cloudflare:workers";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createApp } from "../routes/app.ts";
import { ADMIN, makeEnrolmentToken, registrationOf } from "../routes/test-client.ts";

const ours = await generateKeyPair("RS256", { extractable: true });
const theirs = await generateKeyPair("RS256", { extractable: true });
const jwk = { ...(await exportJWK(ours.publicKey)), kid: "ours", alg: "RS256", use: "sig" };
const AUDIENCE = "f".repeat(64);
const app = createApp();
let teams = 0;

afterEach(() => vi.restoreAllMocks());

/** A team that no test has asked before, so that its keys are in no cache. */
function newTeam(answerKeys: () => Response | Promise<Response> = () => Response.json({ keys: [jwk] })) {
  const team = `https://team-${teams++}.cloudflareaccess.com`;
  const asked: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    asked.push(String(input));
    return answerKeys();
  });
  return { team, asked };
}

type Claims = { issuer: string; audience?: string; expires?: string | null; key?: CryptoKey; kid?: string };

function sign(payload: Record<string, unknown>, claims: Claims): Promise<string> {
  const { issuer, audience = AUDIENCE, expires = "5m", key = ours.privateKey, kid = "ours" } = claims;
  const token = new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid }).setIssuer(issuer).setAudience(audience);
  return (expires === null ? token : token.setExpirationTime(expires)).sign(key);
}

async function ask(team: string, headers: Record<string, string>, method = "GET", path = "tokens", body?: object) {
  const answer = await app.request(
    `https://control.example/api/v1/${path}`,
    {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    { ...env, ACCESS_TEAM: team, ACCESS_AUDIENCE: `${"0".repeat(64)}, ${AUDIENCE}` },
  );
  return { status: answer.status, body: (await answer.json()) as { error?: { code: string } } };
}

const ann = { email: "ann@example.org" };

describe("control behind Cloudflare Access", () => {
  it("takes whom Access let through for an admin of that name, without a token of control's", async () => {
    const { team, asked } = newTeam();
    const assertion = await sign(ann, { issuer: team });
    const station = { slug: "anns", name: "Ann's" };
    const headers = { "Cf-Access-Jwt-Assertion": assertion };
    expect((await ask(team, headers, "POST", "stations", station)).status).toBe(201);
    const { body } = await ask(team, headers, "GET", "incidents?station=anns");
    expect(body).toMatchObject({ items: [{ actor: "admin ann@example.org" }] });
    expect(asked).toEqual([`${team}/cdn-cgi/access/certs`]);
  });

  it("takes a service token by its common name", async () => {
    const { team } = newTeam();
    const assertion = await sign({ common_name: "deploy.access", sub: "" }, { issuer: team });
    expect((await ask(team, { "Cf-Access-Jwt-Assertion": assertion })).status).toBe(200);
  });

  it("refuses an admin's token alone, so that no other way to the Worker goes around Access", async () => {
    const { team } = newTeam();
    const { status, body } = await ask(team, { Authorization: `Bearer ${ADMIN}` });
    expect([status, body.error?.code]).toEqual([401, "access_needed"]);
    const both = { Authorization: `Bearer ${ADMIN}`, "Cf-Access-Jwt-Assertion": await sign(ann, { issuer: team }) };
    expect((await ask(team, both)).status).toBe(200);
    expect((await ask(team, { ...both, Authorization: "Bearer rda_wrong" })).status).toBe(401);
  });

  it("lets origins by: they have tokens of their own", async () => {
    const { team } = newTeam();
    const headers = { Authorization: `Bearer ${await makeEnrolmentToken()}` };
    const answer = await ask(team, headers, "POST", "origins/register", registrationOf("behind-access"));
    expect(answer.status).toBe(200);
    expect((await ask(team, headers)).status).toBe(403);
  });

  it.each<[string, (team: string) => Promise<string>]>([
    ["of another application", (issuer) => sign(ann, { issuer, audience: "a".repeat(64) })],
    ["of another team", () => sign(ann, { issuer: "https://other.cloudflareaccess.com" })],
    ["that is over", (issuer) => sign(ann, { issuer, expires: "-5m" })],
    ["without an end", (issuer) => sign(ann, { issuer, expires: null })],
    ["signed by somebody else under our key's name", (issuer) => sign(ann, { issuer, key: theirs.privateKey })],
    ["signed by an unknown key", (issuer) => sign(ann, { issuer, key: theirs.privateKey, kid: "theirs" })],
    ["of nobody", (issuer) => sign({ email: "" }, { issuer })],
    ["that is none", async () => "nonsense"],
    [
      "without a signature",
      async (issuer) => `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ iss: issuer, aud: AUDIENCE, ...ann }))}.`,
    ],
  ])("refuses an assertion %s", async (_, assertionOf) => {
    const { team } = newTeam();
    const { status, body } = await ask(team, { "Cf-Access-Jwt-Assertion": await assertionOf(team) });
    expect([status, body.error?.code]).toEqual([401, "access_needed"]);
  });

  it("takes up keys that Access has changed", async () => {
    const answers = [{ keys: [] }, { keys: [jwk] }];
    const { team, asked } = newTeam(() => Response.json(answers.shift()));
    const headers = { "Cf-Access-Jwt-Assertion": await sign(ann, { issuer: team }) };
    expect((await ask(team, headers)).status).toBe(401);
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000);
    expect((await ask(team, headers)).status).toBe(200);
    expect(asked).toHaveLength(2);
  });

  it("says that it cannot tell when the keys cannot be had, and lets nobody in", async () => {
    for (const fails of [
      () => new Response("down", { status: 500 }),
      () => Promise.reject(new TypeError("unreachable")),
      () => Response.json({ nothing: true }),
    ]) {
      const { team } = newTeam(fails);
      const { status, body } = await ask(team, { "Cf-Access-Jwt-Assertion": await sign(ann, { issuer: team }) });
      expect([status, body.error?.code]).toEqual([503, "access_unavailable"]);
    }
  });

  it("does nothing for pages of other sites, whose requests carry the cookie too", async () => {
    const { team } = newTeam();
    const headers = { "Cf-Access-Jwt-Assertion": await sign(ann, { issuer: team }), Origin: "https://evil.example" };
    const { status, body } = await ask(team, headers, "POST", "tokens", { kind: "admin", name: "evil" });
    expect([status, body.error?.code]).toEqual([403, "other_site"]);
    const own = { ...headers, Origin: "https://control.example" };
    expect((await ask(team, own, "POST", "tokens", { kind: "admin", name: "good" })).status).toBe(201);
  });

  it("is open to nobody when only half of it is set", async () => {
    const answer = await app.request(
      "https://control.example/api/v1/tokens",
      { headers: { Authorization: `Bearer ${ADMIN}` } },
      { ...env, ACCESS_TEAM: "https://team.cloudflareaccess.com" },
    );
    expect(answer.status).toBe(500);
  });
});
