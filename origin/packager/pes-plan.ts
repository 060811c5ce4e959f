import { ADTS_HEADER_BYTES } from "./aac.ts";
import { PES_HEADER_BYTES, packetsOf } from "./pes.ts";

/** 32 frames are 0.683 s: ISO 13818-1, 2.7.4 wants a PTS at least every 0.7 s. */
export const MAX_FRAMES_PER_PES = 32;

export type PesPlan = {
  /** How many frames each PES packet takes, in order. */
  framesOfPes: number[];
  /** Transport packets that they fill together. */
  packets: number;
};

/**
 * Groups the frames of a segment into PES packets so that they fill the fewest transport packets. Each PES ends in a
 * padded packet, and where it ends is ours to choose: a pure function of the frame sizes, so all slicers choose alike.
 */
export function planPes(frameSizes: readonly number[]): PesPlan {
  const end = frameSizes.length;
  const packetsFrom: number[] = new Array(end + 1).fill(Number.POSITIVE_INFINITY);
  const framesFrom: number[] = new Array(end).fill(0);
  packetsFrom[end] = 0;
  for (let first = end - 1; first >= 0; first--) {
    let pesBytes = PES_HEADER_BYTES;
    for (let count = 1; count <= MAX_FRAMES_PER_PES && first + count <= end; count++) {
      pesBytes += ADTS_HEADER_BYTES + (frameSizes[first + count - 1] ?? 0);
      const packets = packetsOf(pesBytes) + (packetsFrom[first + count] ?? 0);
      if (packets <= (packetsFrom[first] ?? 0)) {
        packetsFrom[first] = packets;
        framesFrom[first] = count;
      }
    }
  }
  const framesOfPes: number[] = [];
  for (let frame = 0; frame < end; frame += framesOfPes.at(-1) ?? end) framesOfPes.push(framesFrom[frame] ?? 0);
  return { framesOfPes, packets: packetsFrom[0] ?? 0 };
}
