import type { Sha256 } from "../../contracts/names.ts";
import { sha256Of } from "./hash.ts";

/** A secret as it is made: `plain` is shown to its owner once, only `sha256` is kept. */
export type Secret = { plain: string; sha256: Sha256 };

/** Prefixes tell people, and scanners of leaked secrets, what they have before them. */
export const PREFIX = { admin: "rda_", enrolment: "rde_", metrics: "rdm_", origin: "rdo_", streamKey: "rdk_" } as const;

/** 256 random bits in base64url: 43 characters. */
export function randomSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export async function makeSecret(kind: keyof typeof PREFIX): Promise<Secret> {
  const plain = PREFIX[kind] + randomSecret();
  return { plain, sha256: await sha256Of(plain) };
}
