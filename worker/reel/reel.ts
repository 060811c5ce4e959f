import { bitrateOf, type RenditionName } from "../../contracts/names.ts";
import { PIECE_FRAMES, piecesOf, type ReelManifest } from "../../contracts/reel.ts";
import { PACKET_BYTES } from "./packet.ts";
import { type ReelPlace, rewriteForPlace, TABLES } from "./rewrite.ts";

/** One rendition of a reel, ready to be heard. */
export type Reel = { title: string; pieces: readonly Uint8Array[] };

/** The pieces of a rendition's object. Throws when they are not as long together, or one can't be put in any place. */
export function cutPieces(object: ArrayBuffer, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let end = 0;
  for (const length of lengths) {
    pieces.push(new Uint8Array(object.slice(end, end + length)));
    end += length;
  }
  if (end !== object.byteLength) throw new Error(`a reel of ${object.byteLength} bytes instead of ${end}`);
  pieces.forEach(tryOut);
  return pieces;
}

/** Puts a piece where its packets have to be split most often: what can be heard there can be heard everywhere. */
function tryOut(piece: Uint8Array): void {
  const packets = piece.length / PACKET_BYTES - TABLES;
  rewriteForPlace([piece], { number: 0, framesPerSegment: PIECE_FRAMES, counter: 0, advance: (packets + 15) % 16 });
}

/**
 * What to play under a rendition's name: itself, else the next smaller bit rate, else the smallest. All are AAC-LC of
 * the same form, so that a player need not know. Null for an empty reel.
 */
export function nearestRendition(asked: RenditionName, manifest: ReelManifest): RenditionName | null {
  const offered = Object.keys(manifest.renditions).sort((one, other) => bitrateOf(one) - bitrateOf(other));
  return offered.findLast((rendition) => bitrateOf(rendition) <= bitrateOf(asked)) ?? offered[0] ?? null;
}

/** The reel's segment at a place. Throws a RangeError for a segment length that is no whole number of pieces. */
export function segmentOfReel(reel: Reel, place: ReelPlace): Uint8Array<ArrayBuffer> {
  const indexes = piecesOf(place.number, place.framesPerSegment, reel.pieces.length);
  if (indexes === null) throw new RangeError("a segment length that is no whole number of pieces");
  return rewriteForPlace(
    indexes.map((index) => reel.pieces[index] ?? new Uint8Array()),
    place,
  );
}
