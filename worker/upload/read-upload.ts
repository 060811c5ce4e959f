import { DIGEST_HEADER } from "../../contracts/storage.ts";
import { TimeoutError, withTimeout } from "../../kit/race.ts";
import { readBounded, TooLargeError } from "../bounded-body.ts";
import { EdgeError } from "../edge-error.ts";
import { sha256Of } from "../sha256.ts";

const READ_LIMIT_MS = 20_000;

export type Upload = { bytes: ArrayBuffer; sha256: string };

/** The whole upload, its digest verified. Throws 408 too slow, 413 too large, 422 digest missing or wrong. */
export async function readUpload(request: Request, maxBytes: number): Promise<Upload> {
  const bytes = await readBody(request, maxBytes);
  const declared = declaredDigest(request.headers.get(DIGEST_HEADER));
  if (declared === null) {
    throw new EdgeError(422, "digest_missing", "Content-Digest must carry the SHA-256: sha-256=:base64:");
  }
  const sha256 = await sha256Of(bytes);
  if (sha256 !== declared) throw new EdgeError(422, "digest_wrong", "The content does not match its Content-Digest.");
  return { bytes, sha256 };
}

async function readBody(request: Request, maxBytes: number): Promise<ArrayBuffer> {
  try {
    return await withTimeout(READ_LIMIT_MS, "the upload", () => readBounded(request, maxBytes));
  } catch (thrown) {
    if (thrown instanceof TooLargeError) throw new EdgeError(413, "too_large", `At most ${maxBytes} bytes are taken.`);
    if (thrown instanceof TimeoutError) throw new EdgeError(408, "too_slow", "The upload took too long.");
    throw thrown;
  }
}

/** The SHA-256 of a Content-Digest dictionary (RFC 9530, section 2) in hexadecimal; null when it carries none. */
export function declaredDigest(header: string | null): string | null {
  const encoded = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header ?? "")?.[1];
  if (encoded === undefined) return null;
  return Array.from(atob(encoded), (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
