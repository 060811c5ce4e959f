import { PTS_MODULUS } from "../../contracts/timeline.ts";

/** The few fields of a transport packet (ISO 13818-1, 2.4.3.2) that the reel needs changed. */

export const PACKET_BYTES = 188;
const HEADER_BYTES = 4;
const HAS_ADAPTATION = 0x20;
const HAS_PCR = 0x10;
/** Within a PES header (2.4.3.6) of ours: the start code, the lengths and flags come before it. */
const PTS_OFFSET = 9;

/** payload_unit_start_indicator: a PES packet begins here. */
export function isUnitStart(packet: Uint8Array): boolean {
  return (byte(packet, 1) & 0x40) !== 0;
}

export function payloadStart(packet: Uint8Array): number {
  return HEADER_BYTES + ((byte(packet, 3) & HAS_ADAPTATION) === 0 ? 0 : 1 + byte(packet, 4));
}

/** PTS (2.4.3.7) of the PES packet that begins here: 33 bits in groups of 3, 15 and 15. */
export function readPts(packet: Uint8Array): number {
  const at = payloadStart(packet) + PTS_OFFSET;
  const high = (byte(packet, at) >> 1) & 7;
  const middle = (byte(packet, at + 1) << 7) | (byte(packet, at + 2) >> 1);
  const low = (byte(packet, at + 3) << 7) | (byte(packet, at + 4) >> 1);
  return high * 2 ** 30 + middle * 2 ** 15 + low;
}

export function writePts(packet: Uint8Array, pts: number): void {
  const at = payloadStart(packet) + PTS_OFFSET;
  const middle = Math.floor(pts / 2 ** 15) & 0x7fff;
  const low = pts & 0x7fff;
  packet[at] = 0x21 | (Math.floor(pts / 2 ** 30) << 1);
  packet[at + 1] = middle >> 7;
  packet[at + 2] = ((middle & 0x7f) << 1) | 1;
  packet[at + 3] = low >> 7;
  packet[at + 4] = ((low & 0x7f) << 1) | 1;
}

/** Moves the base of the packet's PCR (2.4.3.5), if it carries one, by ticks of 90 kHz. */
export function shiftPcr(packet: Uint8Array, ticks: number): void {
  const carriesPcr = payloadStart(packet) >= HEADER_BYTES + 8 && (byte(packet, 5) & HAS_PCR) !== 0;
  if (!carriesPcr) return;
  const high = byte(packet, 6) * 2 ** 24 + ((byte(packet, 7) << 16) | (byte(packet, 8) << 8) | byte(packet, 9));
  const base = (high * 2 + (byte(packet, 10) >> 7) + ticks) % PTS_MODULUS;
  const shifted = Math.floor(base / 2);
  packet[6] = Math.floor(shifted / 2 ** 24);
  packet[7] = shifted >> 16;
  packet[8] = shifted >> 8;
  packet[9] = shifted;
  packet[10] = ((base % 2) << 7) | (byte(packet, 10) & 0x7f);
}

/** Two packets with half the payload each, which count as two where one would count as one. */
export function splitInTwo(packet: Uint8Array): [Uint8Array, Uint8Array] {
  const payload = packet.subarray(payloadStart(packet));
  const half = payload.length >> 1;
  return [padded(packet, payload.subarray(0, half)), padded(packet, payload.subarray(half))];
}

/** A packet with this header and payload, filled up by an adaptation field of nothing but stuffing (2.4.3.4). */
function padded(header: Uint8Array, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(PACKET_BYTES).fill(0xff);
  packet.set(header.subarray(0, HEADER_BYTES));
  packet[3] = byte(header, 3) | HAS_ADAPTATION;
  packet[4] = PACKET_BYTES - HEADER_BYTES - 1 - payload.length;
  packet[5] = 0;
  packet.set(payload, PACKET_BYTES - payload.length);
  return packet;
}

function byte(packet: Uint8Array, offset: number): number {
  return packet[offset] ?? 0;
}
