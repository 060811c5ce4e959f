import { firstFrame, ptsOf } from "../../contracts/timeline.ts";
import { pcrBefore, pesPacket } from "./pes.ts";
import { planPes } from "./pes-plan.ts";
import { AUDIO_PID, PAT_PID, PMT_PID, PROGRAM_ASSOCIATION, PROGRAM_MAP } from "./program-tables.ts";
import { PAYLOAD_BYTES, PCR_BYTES, type TransportPacket, writePackets } from "./transport-packet.ts";

export type SegmentParts = {
  segment: number;
  framesPerSegment: number;
  /** Continuity counter of the first audio packet, from the stamp. */
  counter: number;
  /** All raw AAC frames of the segment, in order. */
  frames: readonly Buffer[];
};

/**
 * MPEG transport stream of one segment (RFC 8216, 3.2; ISO 13818-1): PAT, PMT, then audio. A pure function of stamp
 * and frames (invariant 2). The tables' counter is the segment number; the audio's runs on from segment to segment.
 *
 * @throws RangeError when the frames are not exactly those of a segment
 */
export function packSegment({ segment, framesPerSegment, counter, frames }: SegmentParts): Buffer {
  if (frames.length !== framesPerSegment) {
    throw new RangeError(`A segment has ${framesPerSegment} frames, not ${frames.length}`);
  }
  const packets = [table(PAT_PID, segment, PROGRAM_ASSOCIATION), table(PMT_PID, segment, PROGRAM_MAP)];
  let taken = 0;
  let next = counter;
  for (const count of planPes(frames.map((frame) => frame.length)).framesOfPes) {
    const pts = ptsOf(firstFrame(segment, framesPerSegment) + taken);
    const pes = pesPacket(pts, frames.slice(taken, taken + count));
    const audio = audioPackets(pes, pcrBefore(pts), next);
    packets.push(...audio);
    taken += count;
    next += audio.length;
  }
  return writePackets(packets);
}

/** Audio packets that `packSegment` makes of frames of these sizes: by so much the continuity counter advances. */
export function countAudioPackets(frameSizes: readonly number[]): number {
  return planPes(frameSizes).packets;
}

function table(pid: number, counter: number, payload: Buffer): TransportPacket {
  return { pid, counter, unitStart: true, pcr: null, payload };
}

function audioPackets(pes: Buffer, pcr: number, counter: number): TransportPacket[] {
  const packets: TransportPacket[] = [];
  for (let offset = 0; offset < pes.length; ) {
    const unitStart = offset === 0;
    const room = unitStart ? PAYLOAD_BYTES - PCR_BYTES : PAYLOAD_BYTES;
    const payload = pes.subarray(offset, offset + room);
    packets.push({
      pid: AUDIO_PID,
      counter: counter + packets.length,
      unitStart,
      pcr: unitStart ? pcr : null,
      payload,
    });
    offset += payload.length;
  }
  return packets;
}
