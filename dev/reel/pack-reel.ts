import { createHash } from "node:crypto";
import type { RenditionName } from "../../contracts/names.ts";
import { PIECE_FRAMES, ReelManifest } from "../../contracts/reel.ts";
import { packSegment } from "../../origin/packager/transport-stream.ts";

export type PackedReel = {
  manifest: ReelManifest;
  /** The object of each rendition, under the hash by which the manifest names it. */
  objects: Map<string, Buffer>;
};

/** A reel of raw AAC frames, by the packager that makes the programme's segments; a last piece cut short is left out. */
export function packReel(title: string, renditions: ReadonlyMap<RenditionName, readonly Buffer[]>): PackedReel {
  const objects = new Map<string, Buffer>();
  const described = [...renditions].map(([rendition, frames]) => {
    const pieces = Array.from({ length: Math.floor(frames.length / PIECE_FRAMES) }, (_, segment) =>
      packSegment({
        segment,
        framesPerSegment: PIECE_FRAMES,
        counter: 0,
        frames: frames.slice(segment * PIECE_FRAMES, (segment + 1) * PIECE_FRAMES),
      }),
    );
    const object = Buffer.concat(pieces);
    const sha256 = createHash("sha256").update(object).digest("hex");
    objects.set(sha256, object);
    return [rendition, { sha256, pieces: pieces.map((piece) => piece.length) }] as const;
  });
  const manifest = ReelManifest.parse({ version: 1, title, renditions: Object.fromEntries(described) });
  return { manifest, objects };
}
