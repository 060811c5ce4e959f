import { EDGE_SIGNATURE_HEADER, formatEdgeSignature, signedText } from "../../contracts/edge-signature.ts";
import type { Sha256 } from "../../contracts/names.ts";
import type { RoutedOrigin } from "../../contracts/routing.ts";
import { formatTrace, nextStep, TRACE_HEADER } from "../../contracts/trace.ts";
import type { Reach } from "../reach.ts";
import { toHex } from "../sha256.ts";

/**
 * What an origin itself answers, asked by the edge in its own name for something below its URL, which may have a path of
 * its own. Throws when that is anything but 200.
 */
export async function askOrigin(
  { url, tokenHash }: RoutedOrigin,
  path: string,
  signal: AbortSignal,
  reach: Reach,
): Promise<Response> {
  const signed = tokenHash === null ? {} : await signature(path, tokenHash, reach.clock.now());
  const headers = { ...signed, [TRACE_HEADER]: formatTrace(nextStep(reach.trace())) };
  const response = await reach.fetchOrigin(`${url.replace(/\/+$/, "")}/${path}`, {
    signal,
    redirect: "manual",
    headers,
  });
  if (response.status === 200) return response;
  await response.body?.cancel();
  throw new Error(`it answered ${response.status}`);
}

async function signature(path: string, secret: Sha256, now: number): Promise<Record<string, string>> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const signed = await crypto.subtle.sign("HMAC", key, encoder.encode(signedText(path, now)));
  return { [EDGE_SIGNATURE_HEADER]: formatEdgeSignature(now, toHex(signed)) };
}
