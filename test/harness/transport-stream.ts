import { readAdtsFrames } from "./adts.ts";

/** Reads an audio-only MPEG transport stream (ISO 13818-1), written apart from the packager so that the two check one another. */

export class TransportStreamError extends Error {
  override name = "TransportStreamError";
}

export type SegmentContent = {
  /** Every AAC frame with its PTS in 90 kHz ticks, counted on from its PES packet's. */
  frames: { pts: number; data: Buffer; format: string }[];
  /** The PTS that each PES packet states, with the index of its first frame. */
  stated: { pts: number; frame: number }[];
  /** Continuity counters in order of appearance. */
  counters: { pat: number[]; pmt: number[]; audio: number[] };
  /** PCR bases in order of appearance. */
  clocks: number[];
};

const PACKET_BYTES = 188;
const TICKS_PER_FRAME = 1920;
const TICKS_MODULUS = 2 ** 33;
const ADTS_AAC = 0x0f;

type Packet = { pid: number; starts: boolean; counter: number; payload: Buffer; clock: number | null };

/** The content of one segment; throws TransportStreamError or AdtsError where the bytes are not a whole, sound segment. */
export function readSegment(bytes: Buffer): SegmentContent {
  const packets = splitPackets(bytes);
  const counters = { pat: [] as number[], pmt: [] as number[], audio: [] as number[] };
  const clocks: number[] = [];
  const packetised: Buffer[][] = [];
  let programme: number | null = null;
  let audio: number | null = null;
  for (const packet of packets) {
    if (packet.pid === 0) {
      counters.pat.push(packet.counter);
      programme = section(packet).readUInt16BE(10) & 0x1fff;
    } else if (packet.pid === programme) {
      counters.pmt.push(packet.counter);
      audio = audioPid(section(packet));
    } else if (packet.pid === audio) {
      counters.audio.push(packet.counter);
      if (packet.clock !== null) clocks.push(packet.clock);
      if (packet.starts) packetised.push([]);
      const current = packetised.at(-1);
      if (!current) throw new TransportStreamError("audio before the start of a PES packet");
      current.push(packet.payload);
    }
  }
  if (audio === null) throw new TransportStreamError("no audio in the tables");
  const frames: SegmentContent["frames"] = [];
  const stated: SegmentContent["stated"] = [];
  for (const parts of packetised) {
    const { pts, payload } = readPes(Buffer.concat(parts));
    stated.push({ pts, frame: frames.length });
    for (const [index, frame] of readAdtsFrames(payload).entries()) {
      frames.push({ pts: (pts + index * TICKS_PER_FRAME) % TICKS_MODULUS, ...frame });
    }
  }
  return { frames, stated, counters, clocks };
}

function splitPackets(bytes: Buffer): Packet[] {
  if (bytes.length === 0 || bytes.length % PACKET_BYTES !== 0) {
    throw new TransportStreamError(`${bytes.length} bytes are not whole packets`);
  }
  return Array.from({ length: bytes.length / PACKET_BYTES }, (_, index) =>
    readPacket(bytes.subarray(index * PACKET_BYTES, (index + 1) * PACKET_BYTES), index),
  );
}

function readPacket(packet: Buffer, index: number): Packet {
  if (packet.readUInt8(0) !== 0x47) throw new TransportStreamError(`no sync byte in packet ${index}`);
  const head = packet.readUInt16BE(1);
  if (head & 0x8000) throw new TransportStreamError(`transport error flag in packet ${index}`);
  const control = packet.readUInt8(3);
  const adaptation = control & 0x20 ? packet.readUInt8(4) + 1 : 0;
  const hasClock = adaptation > 6 && (packet.readUInt8(5) & 0x10) !== 0;
  return {
    pid: head & 0x1fff,
    starts: (head & 0x4000) !== 0,
    counter: control & 15,
    payload: control & 0x10 ? packet.subarray(4 + adaptation) : Buffer.alloc(0),
    clock: hasClock ? packet.readUInt32BE(6) * 2 + (packet.readUInt8(10) >> 7) : null,
  };
}

/** The table section a packet carries whole: ours and ffmpeg's are far below one packet. */
function section({ payload, pid }: Packet): Buffer {
  const begin = 1 + payload.readUInt8(0);
  const end = begin + 3 + (payload.readUInt16BE(begin + 1) & 0xfff);
  if (end > payload.length) throw new TransportStreamError(`section of PID ${pid} spans packets`);
  return payload.subarray(begin, end);
}

function audioPid(table: Buffer): number | null {
  let at = 12 + (table.readUInt16BE(10) & 0xfff);
  while (at < table.length - 4) {
    if (table.readUInt8(at) === ADTS_AAC) return table.readUInt16BE(at + 1) & 0x1fff;
    at += 5 + (table.readUInt16BE(at + 3) & 0xfff);
  }
  return null;
}

function readPes(pes: Buffer): { pts: number; payload: Buffer } {
  if (pes.length < 14 || pes.readUIntBE(0, 3) !== 1) throw new TransportStreamError("no PES start code");
  if ((pes.readUInt8(7) & 0x80) === 0) throw new TransportStreamError("PES packet without PTS");
  const length = pes.readUInt16BE(4);
  if (length !== 0 && length !== pes.length - 6) {
    throw new TransportStreamError(`PES packet of ${pes.length - 6} bytes says ${length}`);
  }
  const high = (pes.readUInt8(9) >> 1) & 7;
  const middle = pes.readUInt16BE(10) >> 1;
  const low = pes.readUInt16BE(12) >> 1;
  return { pts: high * 2 ** 30 + middle * 2 ** 15 + low, payload: pes.subarray(9 + pes.readUInt8(8)) };
}
