export const PACKET_BYTES = 188;
/** What a packet carries where nothing but its four-byte header takes room. */
export const PAYLOAD_BYTES = 184;
/** Room that a PCR takes: adaptation_field_length, the flags, and six bytes of PCR. */
export const PCR_BYTES = 8;

/** A transport packet as a value. A payload that leaves room is padded by the adaptation field. */
export type TransportPacket = {
  pid: number;
  /** Continuity counter, mod 16. */
  counter: number;
  /** payload_unit_start_indicator: a PES packet or a PSI section begins here. */
  unitStart: boolean;
  /** Program clock reference in 90 kHz; a packet that carries one is a random access point. */
  pcr: number | null;
  /** At most 184 bytes, or 176 beside a PCR. */
  payload: Buffer;
};

/** Writes transport packets (ISO 13818-1, 2.4.3.2) one after another. */
export function writePackets(packets: readonly TransportPacket[]): Buffer {
  const target = Buffer.alloc(packets.length * PACKET_BYTES, 0xff);
  packets.forEach((packet, index) => {
    writePacket(target.subarray(index * PACKET_BYTES, (index + 1) * PACKET_BYTES), packet);
  });
  return target;
}

function writePacket(target: Buffer, { pid, counter, unitStart, pcr, payload }: TransportPacket): void {
  const adaptationBytes = PAYLOAD_BYTES - payload.length;
  target[0] = 0x47;
  target.writeUInt16BE((unitStart ? 0x4000 : 0) | pid, 1);
  target[3] = (adaptationBytes > 0 ? 0x30 : 0x10) | (counter % 16);
  if (adaptationBytes > 0) writeAdaptationField(target.subarray(4, 4 + adaptationBytes), pcr);
  payload.copy(target, 4 + adaptationBytes);
}

/** adaptation_field (2.4.3.4): its length, the flags and the PCR; the rest stays stuffing. */
function writeAdaptationField(target: Buffer, pcr: number | null): void {
  target[0] = target.length - 1;
  if (target.length === 1) return;
  target[1] = pcr === null ? 0 : RANDOM_ACCESS_INDICATOR | PCR_FLAG;
  if (pcr !== null) writePcr(target.subarray(2, 2 + 6), pcr);
}

const RANDOM_ACCESS_INDICATOR = 0x40;
const PCR_FLAG = 0x10;

/** program_clock_reference (2.4.3.5): 33 bits of base, 6 reserved, 9 of extension, which is zero here. */
function writePcr(target: Buffer, pcr: number): void {
  target.writeUInt32BE(Math.floor(pcr / 2), 0);
  target.writeUInt16BE(((pcr % 2) << 15) | 0x7e00, 4);
}
