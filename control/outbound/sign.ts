import type { Clock } from "../../kit/clock.ts";

/** Header of a signed webhook: `t={Unix s},v1={HMAC-SHA256 in hexadecimal}`. */
export const SIGNATURE_HEADER = "radio-dream-signature";

/**
 * Signs `{t}.{body}` with HMAC-SHA256 (RFC 2104). Who receives it compares in constant time and refuses a `t` that is
 * more than five minutes off, so that what was overheard cannot be sent again later.
 */
export async function signBody(secret: string, body: string, clock: Pick<Clock, "now">): Promise<string> {
  const seconds = Math.floor(clock.now() / 1000);
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(`${seconds}.${body}`));
  return `t=${seconds},v1=${Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
