import type { MediaId } from "../../contracts/media.ts";
import {
  type MediaLink,
  MediaSigning,
  mediaSigningKey,
  PublicMedia,
  publicMediaKey,
  signedLinkText,
} from "../../contracts/media-link.ts";
import type { StationSlug } from "../../contracts/names.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Reading } from "../cache/memo.ts";
import { Memos } from "../cache/memos.ts";
import type { Reach } from "../reach.ts";

const READ_LIMIT_MS = 2000;
/** So long after a file was made public or withdrawn an isolate may still think otherwise. */
const PUBLIC_FRESH_MS = 30_000;
const SECRET_FRESH_MS = 60_000;
/** A station gets its secret with the first address that is signed, and somebody comes with that at once. */
const NO_SECRET_FRESH_MS = 1000;
const MAX_KEPT = 500;

/** What the edge knows of the stations' libraries: which files are public, and whether an address was signed by control. */
export class Libraries {
  readonly #public = new Memos<PublicMedia | null>({
    subject: (name) => `whether ${name} is public`,
    freshMs: () => PUBLIC_FRESH_MS,
    max: MAX_KEPT,
  });
  readonly #secrets = new Memos<string | null>({
    subject: (station) => `the secret of ${station}`,
    freshMs: (secret) => (secret === null ? NO_SECRET_FRESH_MS : SECRET_FRESH_MS),
    max: MAX_KEPT,
  });

  /** Null while the file is not public. */
  async publicMedia(station: StationSlug, media: MediaId, reach: Reach): Promise<PublicMedia | null> {
    const memo = this.#public.of(`${station}/${media}`);
    await memo.refresh(async () => {
      const text = await readText(publicMediaKey(station, media), reach);
      return reading(text === null ? null : PublicMedia.parse(JSON.parse(text)), reach);
    }, reach);
    return memo.last ?? null;
  }

  /** Whether control has signed this. Compares in constant time. */
  async isSigned(link: MediaLink, signature: string, reach: Reach): Promise<boolean> {
    const memo = this.#secrets.of(link.station);
    await memo.refresh(async () => {
      const text = await readText(mediaSigningKey(link.station), reach);
      return reading(text === null ? null : MediaSigning.parse(JSON.parse(text)).secret, reach);
    }, reach);
    return memo.last ? verify(memo.last, signedLinkText(link), signature) : false;
  }
}

function reading<T>(value: T, reach: Reach): Reading<T> {
  return { value, readAt: reach.clock.now() };
}

async function readText(key: string, reach: Reach): Promise<string | null> {
  return withTimeout(READ_LIMIT_MS, "R2", async () => (await reach.bucket.get(key))?.text() ?? null);
}

async function verify(secret: string, text: string, signature: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["verify"]);
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (hex) => Number.parseInt(hex, 16));
  return crypto.subtle.verify("HMAC", key, bytes, encoder.encode(text));
}
