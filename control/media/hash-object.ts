import type { Sha256 } from "../../contracts/names.ts";
import { inR2 } from "./in-r2.ts";
import { MEDIA } from "./policy.ts";

/** Size and SHA-256 of an object, read once through and never held in memory; null when it is not there. */
export function hashObject(bucket: R2Bucket, key: string): Promise<{ bytes: number; sha256: Sha256 } | null> {
  return inR2("read through", () => readThrough(bucket, key), MEDIA.hashTimeoutMs);
}

async function readThrough(bucket: R2Bucket, key: string) {
  const object = await bucket.get(key);
  if (object === null) return null;
  const digest = new crypto.DigestStream("SHA-256");
  await object.body.pipeTo(digest);
  const hash = new Uint8Array(await digest.digest);
  return { bytes: object.size, sha256: Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") };
}
