import { firstFrame, ptsOf } from "../../contracts/timeline.ts";
import { isUnitStart, PACKET_BYTES, payloadStart, readPts } from "../reel/packet.ts";

const SYNC_BYTE = 0x47;
const PAT_PID = 0;
const AUDIO_PID = 0x100;
/** PAT and PMT, with which each segment begins. */
const TABLES = 2;
/** Of a PES header (ISO 13818-1, 2.4.3.6) up to and with the length of what is left of it. */
const PES_FIXED_BYTES = 9;
const ADTS_HEADER_BYTES = 7;

/** The AAC of a segment: its bytes in a row, and where in them each PES packet begins, with its PTS. */
type Audio = { bytes: Uint8Array; starts: { at: number; pts: number }[] };

/**
 * Why the bytes are not the segment of that number; null when they are: packets of 188 bytes (ISO 13818-1, 2.4.3), the
 * tables first, and then exactly its frames, each in its place on the timeline, with the audio counters running on.
 */
export function segmentFault(bytes: Uint8Array, number: number, framesPerSegment: number): string | null {
  return packetsFault(bytes) ?? audioFault(audioOf(bytes), firstFrame(number, framesPerSegment), framesPerSegment);
}

function packetsFault(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "it is empty";
  if (bytes.length % PACKET_BYTES !== 0) return `its length is no multiple of ${PACKET_BYTES}`;
  const packets = packetsOf(bytes);
  const unsynchronised = packets.findIndex(([first]) => first !== SYNC_BYTE);
  if (unsynchronised >= 0) return `packet ${unsynchronised} does not begin with the sync byte`;
  const [association, , ...audio] = packets;
  if (association === undefined || pidOf(association) !== PAT_PID || !isUnitStart(association)) {
    return "it does not begin with the PAT";
  }
  const foreign = audio.findIndex((packet) => pidOf(packet) !== AUDIO_PID || payloadStart(packet) > PACKET_BYTES);
  if (foreign >= 0) return `packet ${foreign + TABLES} is no audio`;
  const counters = audio.map((packet) => (packet[3] ?? 0) & 0x0f);
  const broken = counters.findIndex((counter, index) => counter !== ((counters[0] ?? 0) + index) % 16);
  return broken < 0 ? null : `packet ${broken + TABLES} is counted wrong`;
}

function audioFault({ bytes, starts }: Audio, first: number, framesPerSegment: number): string | null {
  let frames = 0;
  let next = 0;
  for (let at = 0; at < bytes.length; frames += 1) {
    const start = starts[next];
    if (start?.at === at) {
      if (start.pts !== ptsOf(first + frames)) return `frame ${frames} is at another place on the timeline`;
      next += 1;
    } else if (frames === 0) return "it does not begin with a PES packet";
    const length = adtsLength(bytes, at);
    if (length === null) return `frame ${frames} is no AAC`;
    at += length;
  }
  if (next < starts.length) return "a PES packet begins amid a frame";
  return frames === framesPerSegment ? null : `it has ${frames} frames instead of ${framesPerSegment}`;
}

/** Bytes of the ADTS frame there (ISO 14496-3, 1.A.2), its header included; null where there is none, or not all of it. */
function adtsLength(bytes: Uint8Array, at: number): number | null {
  const [first = 0, second = 0, , fourth = 0, fifth = 0, sixth = 0] = bytes.subarray(at, at + ADTS_HEADER_BYTES);
  if (first !== 0xff || (second & 0xf6) !== 0xf0) return null;
  const length = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
  return length < ADTS_HEADER_BYTES || at + length > bytes.length ? null : length;
}

function audioOf(segment: Uint8Array): Audio {
  const bytes = new Uint8Array(segment.length);
  const starts: Audio["starts"] = [];
  let end = 0;
  for (const packet of packetsOf(segment).slice(TABLES)) {
    let from = payloadStart(packet);
    if (isUnitStart(packet)) {
      starts.push({ at: end, pts: readPts(packet) });
      from += PES_FIXED_BYTES + (packet[from + PES_FIXED_BYTES - 1] ?? 0);
    }
    const payload = packet.subarray(Math.min(from, PACKET_BYTES));
    bytes.set(payload, end);
    end += payload.length;
  }
  return { bytes: bytes.subarray(0, end), starts };
}

function packetsOf(bytes: Uint8Array): Uint8Array[] {
  const count = bytes.length / PACKET_BYTES;
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * PACKET_BYTES, (index + 1) * PACKET_BYTES));
}

function pidOf(packet: Uint8Array): number {
  return (((packet[1] ?? 0) & 0x1f) << 8) | (packet[2] ?? 0);
}
