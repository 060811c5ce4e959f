import { PACKET_BYTES } from "../reel/packet.ts";
import type { Counting } from "../reel/place.ts";
import { rewriteForPlace, TABLES } from "../reel/rewrite.ts";
import { sha256Of } from "../sha256.ts";
import type { Segment } from "./shelf.ts";

/**
 * The segment with its audio counted as it has to be: on from whatever was heard before it. That is how the studio counted
 * it, unless the reel was on before, or another studio was heard for longer than this one knew.
 *
 * @throws RangeError when it is too short to be counted so
 */
export async function runOn(
  segment: Segment,
  { counter, advance }: Counting,
  place: { number: number; framesPerSegment: number },
): Promise<Segment> {
  const bytes = new Uint8Array(segment.bytes);
  const begins = (bytes[TABLES * PACKET_BYTES + 3] ?? 0) & 0x0f;
  const packets = bytes.length / PACKET_BYTES - TABLES;
  if (begins === counter && packets % 16 === advance) return segment;
  const { buffer } = rewriteForPlace([bytes], { ...place, counter, advance });
  return { ...segment, bytes: buffer, sha256: await sha256Of(buffer) };
}
