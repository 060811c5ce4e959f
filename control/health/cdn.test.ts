import { describe, expect, it } from "vitest";
import { createCdn } from "./cdn.ts";
import { readCdnSettings } from "./cdn-settings.ts";

const SECRET = "a secret of some length";
const WHOLE = {
  CDN_WEBHOOK_URL: "https://cdn.example/hook",
  CDN_WEBHOOK_SECRET: SECRET,
  CLOUDFLARE_ZONE_ID: "0123456789abcdef0123456789abcdef",
  CLOUDFLARE_PURGE_TOKEN: "purge-token",
  EDGE_URL: "https://radio.example/",
};
const clock = { now: () => 1_800_000_000_000 };

function setUp(status: number, bindings: object = WHOLE) {
  const requests: Request[] = [];
  const fetch = async (request: Request) => {
    requests.push(request.clone());
    return new Response(status === 204 ? null : "{}", { status });
  };
  return { requests, cdn: createCdn(readCdnSettings(bindings), fetch, clock) };
}

const news = { origin: "origin-1", evictedAt: 1_799_999_999_000, stations: ["demo", "other"] };

describe("the CDN", () => {
  it("is told by a webhook whose signature its owner can check", async () => {
    const { requests, cdn } = setUp(204);
    expect(await cdn.tell?.(news)).toEqual({ ok: true });
    const [request] = requests;
    const body = (await request?.text()) ?? "";
    expect(JSON.parse(body)).toEqual({
      event: "origin-evicted",
      origin: "origin-1",
      at: "2027-01-15T07:59:59.000Z",
      stations: ["demo", "other"],
    });
    const encoder = new TextEncoder();
    const hmac = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", encoder.encode(SECRET), hmac, false, ["verify"]);
    const [, seconds, hex] = request?.headers.get("radio-dream-signature")?.match(/^t=(\d+),v1=([0-9a-f]{64})$/) ?? [];
    const mac = Uint8Array.from(hex?.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    expect(await crypto.subtle.verify("HMAC", key, mac, encoder.encode(`${seconds}.${body}`))).toBe(true);
  });

  it("forgets what it holds of each station, thirty of them in one request", async () => {
    const { requests, cdn } = setUp(200);
    expect(await cdn.purge?.(Array.from({ length: 31 }, (_, index) => `s${index}`))).toEqual({ ok: true });
    const bodies = await Promise.all(
      requests.map(async (request) => (await request.json<{ prefixes: string[] }>()).prefixes),
    );
    expect(bodies.map((prefixes) => prefixes.length)).toEqual([30, 1]);
    expect(bodies[0]?.[0]).toBe("radio.example/s0/");
    expect(requests[0]?.url).toBe(
      "https://api.cloudflare.com/client/v4/zones/0123456789abcdef0123456789abcdef/purge_cache",
    );
    expect(requests[0]?.headers.get("authorization")).toBe("Bearer purge-token");
  });

  it.each([
    [503, true],
    [429, true],
    [403, false],
  ])("that answers %i is asked again: %s", async (status, retry) => {
    const { cdn } = setUp(status);
    expect(await cdn.tell?.(news)).toMatchObject({ ok: false, retry });
    expect(await cdn.purge?.(["demo"])).toMatchObject({ ok: false, retry });
  });

  it("is not there unless it is wholly set up", () => {
    const { cdn } = setUp(200, { ...WHOLE, CDN_WEBHOOK_SECRET: "", EDGE_URL: "" });
    expect(cdn).toEqual({ tell: null, purge: null });
    expect(() => readCdnSettings({ CLOUDFLARE_ZONE_ID: "../x" })).toThrow("CLOUDFLARE_ZONE_ID");
  });
});
