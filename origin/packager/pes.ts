import { PTS_MODULUS } from "../../contracts/timeline.ts";
import { ADTS_HEADER_BYTES, adtsHeader } from "./aac.ts";
import { PAYLOAD_BYTES, PCR_BYTES } from "./transport-packet.ts";

export const PES_HEADER_BYTES = 14;

const AUDIO_STREAM_ID = 0xc0;

/** PES_packet (ISO 13818-1, 2.4.3.6) of whole ADTS frames; its PTS is that of the first. */
export function pesPacket(pts: number, frames: readonly Buffer[]): Buffer {
  const audio = frames.flatMap((frame) => [adtsHeader(frame.length), frame]);
  return Buffer.concat([pesHeader(pts, adtsBytes(frames.map((frame) => frame.length))), ...audio]);
}

function pesHeader(pts: number, payloadBytes: number): Buffer {
  const header = Buffer.alloc(PES_HEADER_BYTES);
  header.writeUIntBE(0x000001, 0, 3); // packet_start_code_prefix
  header[3] = AUDIO_STREAM_ID;
  header.writeUInt16BE(payloadBytes + PES_HEADER_BYTES - 6, 4); // PES_packet_length
  header[6] = 0x84; // data_alignment_indicator
  header[7] = 0x80; // a PTS, no DTS
  header[8] = 5; // PES_header_data_length
  writePts(header.subarray(9), pts);
  return header;
}

/** PTS (2.4.3.7): '0010', then 33 bits in groups of 3, 15 and 15, each closed by a marker bit. */
function writePts(target: Buffer, pts: number): void {
  target[0] = 0x21 | (Math.floor(pts / 2 ** 30) << 1);
  target.writeUInt16BE(((Math.floor(pts / 2 ** 15) & 0x7fff) << 1) | 1, 1);
  target.writeUInt16BE(((pts & 0x7fff) << 1) | 1, 3);
}

/** The PCR lies this far before the PTS it travels with, so that a decoder has its audio in time: 0.1 s. */
const PCR_LEAD = 9000;

export function pcrBefore(pts: number): number {
  return (pts - PCR_LEAD + PTS_MODULUS) % PTS_MODULUS;
}

/** Transport packets that a PES packet of `pesBytes` takes, the first of which carries a PCR. */
export function packetsOf(pesBytes: number): number {
  return Math.ceil((PCR_BYTES + pesBytes) / PAYLOAD_BYTES);
}

function adtsBytes(frameSizes: readonly number[]): number {
  return frameSizes.reduce((sum, size) => sum + ADTS_HEADER_BYTES + size, 0);
}
