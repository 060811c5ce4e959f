import type { Sha256 } from "../../contracts/names.ts";

export async function sha256Of(text: string): Promise<Sha256> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Compares in constant time. */
export function equalHashes(one: Sha256, other: Sha256): boolean {
  const encoder = new TextEncoder();
  return one.length === other.length && crypto.subtle.timingSafeEqual(encoder.encode(one), encoder.encode(other));
}
