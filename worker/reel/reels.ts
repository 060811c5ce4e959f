import type { RenditionName, StationSlug } from "../../contracts/names.ts";
import { MAX_REEL_BYTES, ReelManifest } from "../../contracts/reel.ts";
import { reelKey, reelManifestKey } from "../../contracts/storage.ts";
import { withTimeout } from "../../kit/race.ts";
import { readBounded } from "../bounded-body.ts";
import type { Reading } from "../cache/memo.ts";
import { Memos } from "../cache/memos.ts";
import type { Reach } from "../reach.ts";
import { sha256Of } from "../sha256.ts";
import { cutPieces, nearestRendition, type Reel } from "./reel.ts";

/** A reel changes when an operator changes it. */
const FRESH_MS = 60_000;
/** Renditions of stations' own reels that an isolate keeps, of a megabyte at most each. */
const MAX_KEPT = 32;
const READ_LIMIT_MS = 800;

/** Where a reel lies: an object's bytes by its name, null where there is none. */
type Place = {
  manifest(): Promise<string | null>;
  object(sha256: string): Promise<ArrayBuffer | null>;
};

/** The reels of all stations: each its own from R2, else the default one from the Worker's assets. */
export class Reels {
  readonly #own = keptReels((name) => `the reel of ${name}`);
  readonly #default = keptReels(() => "the default reel");

  /** The reel as it is heard under the name of a rendition; null when there is none to be had. Never rejects. */
  async of(station: StationSlug, rendition: RenditionName, reach: Reach): Promise<Reel | null> {
    const own = this.#own.of(`${station}/${rendition}`);
    await own.refresh(() => readFrom(inR2(station, reach), rendition, reach), reach);
    if (own.last) return own.last;
    const common = this.#default.of(rendition);
    await common.refresh(() => readFrom(inAssets(reach), rendition, reach), reach);
    return common.last ?? null;
  }
}

function keptReels(subject: (name: string) => string): Memos<Reel | null> {
  return new Memos({ subject, freshMs: () => FRESH_MS, max: MAX_KEPT });
}

/** Null where there is no reel. Throws when it cannot be read, or is not what its manifest says. */
async function readFrom(place: Place, rendition: RenditionName, reach: Reach): Promise<Reading<Reel | null>> {
  const value = await readReel(place, rendition);
  return { value, readAt: reach.clock.now() };
}

async function readReel(place: Place, rendition: RenditionName): Promise<Reel | null> {
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
