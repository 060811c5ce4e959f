import { createHash, createHmac } from "node:crypto";
import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import {
  EDGE_SIGNATURE_HEADER,
  EDGE_SIGNATURE_MS,
  formatEdgeSignature,
  signedText,
} from "../../contracts/edge-signature.ts";
import { edgeOnly } from "./edge-only.ts";

const NOW = 1_790_000_000_000;
const PATH = "demo/aac-48k/558000000.ts";

let token: string | null;
let app: Hono;

beforeEach(() => {
  token = "the-token-of-this-origin";
  app = new Hono();
  app.use(edgeOnly({ token: () => token, clock: { now: () => NOW, monotonic: () => 0 } }));
  app.get("/*", (context) => context.text("heard"));
});

function signature(change: { path?: string; at?: number; token?: string } = {}): string {
  const { path = PATH, at = NOW } = change;
  const key = createHash("sha256")
    .update(change.token ?? "the-token-of-this-origin")
    .digest("hex");
  return formatEdgeSignature(at, createHmac("sha256", key).update(signedText(path, at)).digest("hex"));
}

async function statusWith(header: string | null): Promise<number> {
  const headers: Record<string, string> = header === null ? {} : { [EDGE_SIGNATURE_HEADER]: header };
  return (await app.request(`http://node.test/${PATH}`, { headers })).status;
}

describe("a node that answers the edge alone", () => {
  it("answers what the edge has signed", async () => {
    expect(await statusWith(signature())).toBe(200);
    expect(await statusWith(signature({ at: NOW - EDGE_SIGNATURE_MS }))).toBe(200);
  });

  it.each([
    ["nothing", null],
    ["nonsense", "t=1,v1=zz"],
    ["a signature for something else", signature({ path: "demo/index.json" })],
    ["a signature with another token", signature({ token: "the-token-of-another" })],
    ["a signature of long ago", signature({ at: NOW - EDGE_SIGNATURE_MS - 1 })],
    ["a signature of days to come", signature({ at: NOW + EDGE_SIGNATURE_MS + 1 })],
    ["a signature under another time", signature().replace(/^t=\d+/, `t=${NOW - 1}`)],
  ])("refuses who brings %s", async (_, header) => {
    expect(await statusWith(header)).toBe(403);
  });

  it("answers everybody while it has no token to check by", async () => {
    token = null;
    expect(await statusWith(null)).toBe(200);
  });
});
