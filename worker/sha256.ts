import type { Sha256 } from "../contracts/names.ts";

export function toHex(bytes: ArrayBuffer): Sha256 {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function sha256Of(bytes: ArrayBuffer | Uint8Array): Promise<Sha256> {
  return toHex(await crypto.subtle.digest("SHA-256", bytes));
}
