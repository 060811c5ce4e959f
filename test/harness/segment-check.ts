import { firstFrame, PTS_MODULUS, ptsOf } from "../../contracts/timeline.ts";
import { readSegment, type SegmentContent } from "./transport-stream.ts";

/** What a segment leaves for the next one to go on from. */
export type SegmentEnd = { number: number; audioCounter: number };

export type SegmentVerdict = { problems: string[]; end: SegmentEnd | null; frames: number };

const AAC_LC_48K_STEREO = "2/3/2";

/**
 * Whether a segment is what its number says: exactly its frames, each at its PTS, continuity counters that run on
 * from the segment before (where that one is known), the tables' counters from its number, a clock ahead of the sound.
 */
export function judgeSegment(
  bytes: Buffer,
  number: number,
  framesPerSegment: number,
  before: SegmentEnd | null,
): SegmentVerdict {
  let content: SegmentContent;
  try {
    content = readSegment(bytes);
  } catch (thrown) {
    return { problems: [`${number}: ${String(thrown)}`], end: null, frames: 0 };
  }
  const { frames, counters, stated, clocks } = content;
  const problems: string[] = [];
  const complain = (what: string) => problems.push(`${number}: ${what}`);
  if (frames.length !== framesPerSegment) complain(`${frames.length} frames`);
  const first = firstFrame(number, framesPerSegment);
  const misplaced = frames.findIndex(({ pts }, index) => pts !== ptsOf(first + index));
  if (misplaced >= 0) complain(`frame ${misplaced} is at PTS ${frames[misplaced]?.pts}`);
  const foreign = frames.find(({ format }) => format !== AAC_LC_48K_STEREO);
  if (foreign) complain(`a frame is ${foreign.format}`);
  if (stated.length === 0) complain("no PES packet");
  const expected = before?.number === number - 1 ? before.audioCounter : counters.audio[0];
  const broken = counters.audio.findIndex((counter, index) => counter !== ((expected ?? 0) + index) % 16);
  if (broken >= 0)
    complain(
      `audio counter ${counters.audio[broken]} instead of ${((expected ?? 0) + broken) % 16} in packet ${broken}`,
    );
  for (const [table, values] of [["PAT", counters.pat] as const, ["PMT", counters.pmt] as const]) {
    if (values.length !== 1 || values[0] !== number % 16) complain(`${table} counters ${values.join(" ")}`);
  }
  const [clock] = clocks;
  const lead = clock === undefined ? null : (ptsOf(first) - clock + PTS_MODULUS) % PTS_MODULUS;
  if (lead === null || lead > 90_000) complain("no PCR within a second before the first frame");
  return {
    problems,
    end: { number, audioCounter: ((counters.audio.at(-1) ?? 15) + 1) % 16 },
    frames: frames.length,
  };
}
