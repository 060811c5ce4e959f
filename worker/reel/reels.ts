import type { RenditionName, StationSlug } from "../../contracts/names.ts";
import { MAX_REEL_BYTES, ReelManifest } from "../../contracts/reel.ts";
import { reelKey, reelManifestKey } from "../../contracts/storage.ts";
import { withTimeout } from "../../kit/race.ts";
import { readBounded } from "../bounded-body.ts";
import { Memo, type Reading } from "../cache/memo.ts";
import type { Reach } from "../reach.ts";
import { sha256Of } from "../sha256.ts";
import { cutPieces, nearestRendition, type Reel } from "./reel.ts";

/** A reel changes when an operator changes it. */
const FRESH_MS = 60_000;
/** Renditions of reels that an isolate keeps, of a megabyte at most each. */
const MAX_KEPT = 16;
const READ_LIMIT_MS = 800;

/** Where a reel lies: an object's bytes by its name, null where there is none. */
type Place = {
  manifest(): Promise<string | null>;
  object(sha256: string): Promise<ArrayBuffer | null>;
};

/** The reels of all stations: each its own from R2, else the default one from the Worker's assets. */
export class Reels {
  readonly #memos = new Map<string, Memo<Reel>>();

  /** The reel as it is heard under the name of a rendition; null when there is none to be had. Never rejects. */
  async of(station: StationSlug, rendition: RenditionName, reach: Reach): Promise<Reel | null> {
    const memo = this.#memo(`${station}/${rendition}`);
    await memo.refresh((known) => readReel(station, rendition, known, reach), reach);
    return memo.last ?? null;
  }

  #memo(name: string): Memo<Reel> {
    const memo = this.#memos.get(name) ?? new Memo<Reel>(`the reel ${name}`, ({ readAt }) => readAt + FRESH_MS);
    this.#memos.delete(name);
    this.#memos.set(name, memo);
    for (const oldest of this.#memos.keys()) if (this.#memos.size > MAX_KEPT) this.#memos.delete(oldest);
    return memo;
  }
}

/** Throws when no reel can be read, or none newer than the one that is known. */
async function readReel(
  station: StationSlug,
  rendition: RenditionName,
  known: Reel | undefined,
  reach: Reach,
): Promise<Reading<Reel>> {
  const own = await readFrom(inR2(station, reach), rendition).catch((thrown) => {
    if (known !== undefined) throw thrown;
    reach.complaints.add(`cannot read the reel of ${station}`, thrown);
    return null;
  });
  const reel = own ?? (await readFrom(inAssets(reach), rendition));
  if (reel === null) throw new Error("there is none");
  return { value: reel, readAt: reach.clock.now() };
}

async function readFrom(place: Place, rendition: RenditionName): Promise<Reel | null> {
  const text = await withTimeout(READ_LIMIT_MS, "the reel's manifest", () => place.manifest());
  if (text === null) return null;
  const manifest = ReelManifest.parse(JSON.parse(text));
  const described = manifest.renditions[nearestRendition(rendition, manifest) ?? ""];
  if (described === undefined) return null;
  const object = await withTimeout(READ_LIMIT_MS, "the reel", () => place.object(described.sha256));
  if (object === null) throw new Error("the object that the manifest names is missing");
  const sha256 = await sha256Of(object);
  if (sha256 !== described.sha256) throw new Error(`its SHA-256 is ${sha256} instead of ${described.sha256}`);
  return { title: manifest.title, pieces: cutPieces(object, described.pieces) };
}

function inR2(station: StationSlug, reach: Reach): Place {
  return {
    manifest: async () => (await reach.bucket.get(reelManifestKey(station)))?.text() ?? null,
    object: async (sha256) => {
      const object = await reach.bucket.get(reelKey(station, sha256));
      if (object !== null && object.size > MAX_REEL_BYTES) throw new Error(`a reel of ${object.size} bytes`);
      return object?.arrayBuffer() ?? null;
    },
  };
}

function inAssets(reach: Reach): Place {
  const read = async (name: string) => {
    const response = await reach.fetchAsset(`${reach.site}/assets/reel/${name}`);
    if (response.status !== 200) throw new Error(`the asset ${name} was answered ${response.status}`);
    return await readBounded(response, MAX_REEL_BYTES);
  };
  return {
    manifest: async () => new TextDecoder().decode(await read("manifest.json")),
    object: (sha256) => read(`${sha256}.mpegts`),
  };
}
