import { PIECE_FRAMES } from "../../contracts/reel.ts";
import { firstFrame, PTS_MODULUS, ptsOf } from "../../contracts/timeline.ts";
import { isUnitStart, PACKET_BYTES, payloadStart, readPts, shiftPcr, splitInTwo, writePts } from "./packet.ts";

/** Where on the timeline a segment of the reel is to be heard. */
export type ReelPlace = {
  /** The segment number under which it is heard. */
  number: number;
  framesPerSegment: number;
  /** Continuity counter of its first audio packet. */
  counter: number;
  /** How far it takes the continuity counter, mod 16: 0 where the segment after it goes on with the same one. */
  advance: number;
};

/** PAT and PMT, with which each piece begins. */
export const TABLES = 2;

/**
 * Pieces of a reel, or a segment of the programme, as the one segment that continues the timeline at `place`: PTS and PCR (ISO 13818-1, 2.4.3.7 and
 * 2.4.3.5) are shifted, the first piece's tables get the segment number as their counter (2.4.3.3), the audio packets
 * are counted anew, and as many of them are split in two as it takes for the counter to advance as it should.
 *
 * @throws RangeError for pieces that are none, or too short to take the counter there
 */
export function rewriteForPlace(pieces: readonly Uint8Array[], place: ReelPlace): Uint8Array<ArrayBuffer> {
  const audio = pieces.flatMap((piece, index) => audioOf(piece, index, place));
  const splits = (((place.advance - audio.length) % 16) + 16) % 16;
  const splittable = audio.filter((packet) => !isUnitStart(packet) && payloadStart(packet) <= PACKET_BYTES - 2);
  if (splits > splittable.length) throw new RangeError("the pieces are too short");
  const split = new Set(splittable.slice(splittable.length - splits));
  const target = new Uint8Array((TABLES + audio.length + splits) * PACKET_BYTES);
  let end = 0;
  const append = (packet: Uint8Array, counter: number) => {
    target.set(packet, end);
    target[end + 3] = ((packet[3] ?? 0) & 0xf0) | (counter & 0x0f);
    end += PACKET_BYTES;
  };
  for (let table = 0; table < TABLES; table += 1) append(packetAt(pieces[0], table), place.number % 16);
  let counter = place.counter;
  for (const packet of audio) {
    for (const part of split.has(packet) ? splitInTwo(packet) : [packet]) append(part, counter++);
  }
  return target;
}

/** The audio packets of a piece, copied, with the times they have at the place. */
function audioOf(piece: Uint8Array, index: number, { number, framesPerSegment }: ReelPlace): Uint8Array[] {
  const own = piece.slice();
  const count = own.length / PACKET_BYTES - TABLES;
  const packets = Array.from({ length: count }, (_, position) => packetAt(own, TABLES + position));
  const [first] = packets;
  if (first === undefined || !isUnitStart(first)) throw new RangeError("a piece does not begin with audio");
  const begins = ptsOf(firstFrame(number, framesPerSegment) + index * PIECE_FRAMES);
  const shift = (begins - readPts(first) + PTS_MODULUS) % PTS_MODULUS;
  for (const packet of packets) {
    if (!isUnitStart(packet)) continue;
    writePts(packet, (readPts(packet) + shift) % PTS_MODULUS);
    shiftPcr(packet, shift);
  }
  return packets;
}

function packetAt(piece: Uint8Array | undefined, index: number): Uint8Array {
  const packet = piece?.subarray(index * PACKET_BYTES, (index + 1) * PACKET_BYTES);
  if (packet?.length !== PACKET_BYTES || packet[0] !== 0x47 || payloadStart(packet) > PACKET_BYTES) {
    throw new RangeError("a piece is no transport stream");
  }
  return packet;
}
