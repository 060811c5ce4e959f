import { describe, expect, it } from "vitest";
import { EDGE_SIGNATURE_HEADER, parseEdgeSignature, signedText } from "../../contracts/edge-signature.ts";
import { TRACE_HEADER, traceFrom } from "../../contracts/trace.ts";
import type { Reach } from "../reach.ts";
import { askOrigin } from "./ask-origin.ts";

const NOW = 1_790_000_000_000;
const TOKEN_HASH = "5".repeat(64);
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

/** What the origin was asked when the edge wanted `path` of it. */
async function asked(path: string, tokenHash: string | null, answer = new Response("heard")) {
  const requests: { url: string; headers: Record<string, string> }[] = [];
  const reach = {
    clock: { now: () => NOW, monotonic: () => NOW },
    fetchOrigin: async (url: string, { headers }: { headers: Record<string, string> }) => {
      requests.push({ url, headers });
      return answer;
    },
    trace: () => traceFrom(`00-${TRACE}-${"1".repeat(16)}-01`),
  } as Pick<Reach, "clock" | "fetchOrigin" | "trace"> as Reach;
  const origin = { url: "https://node.test/radio/", tokenHash };
  const response = await askOrigin(origin, path, new AbortController().signal, reach);
  return { response, ...requests[0] };
}

describe("asking an origin itself", () => {
  it("is signed with what both know, for this path and time alone", async () => {
    const { url, headers } = await asked("demo/aac-48k/7.ts", TOKEN_HASH);
    expect(url).toBe("https://node.test/radio/demo/aac-48k/7.ts");
    const { unixMs, hex = "" } = parseEdgeSignature(headers?.[EDGE_SIGNATURE_HEADER] ?? "") ?? {};
    expect(unixMs).toBe(NOW);
    const encoder = new TextEncoder();
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", encoder.encode(TOKEN_HASH), algorithm, false, ["verify"]);
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const text = encoder.encode(signedText("demo/aac-48k/7.ts", NOW));
    expect(await crypto.subtle.verify("HMAC", key, bytes, text)).toBe(true);
  });

  it("is not signed where the token was revoked", async () => {
    expect((await asked("demo/index.json", null)).headers).not.toHaveProperty(EDGE_SIGNATURE_HEADER);
  });

  it("is a step of the trace in whose service it is", async () => {
    const { headers } = await asked("demo/index.json", null);
    expect(headers?.[TRACE_HEADER]).toMatch(new RegExp(`^00-${TRACE}-(?!1{16})[0-9a-f]{16}-01$`));
  });

  it("gives up on any answer but 200", async () => {
    const redirect = new Response(null, { status: 302, headers: { location: "https://elsewhere.test/" } });
    await expect(asked("demo/index.json", TOKEN_HASH, redirect)).rejects.toThrow("it answered 302");
  });
});
