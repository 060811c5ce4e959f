import { describe, expect, it } from "vitest";
import { CHANNELS, SAMPLE_RATE } from "../../contracts/timeline.ts";
import { BLOCK_MS, listen, NO_SILENCE, SILENT_DBFS, SilenceJudge } from "./silence.ts";

const SPEECH = -30;
const HISS = -66;

/** What is judged after each of the stretches, given as [dBFS, seconds]. */
function judge(limitSeconds: number, ...stretches: [number, number][]): boolean[] {
  let silence = NO_SILENCE;
  return stretches.map(([rms, seconds]) => {
    for (let ms = 0; ms < seconds * 1000; ms += BLOCK_MS) silence = listen(silence, rms, limitSeconds);
    return silence.isSilent;
  });
}

describe("a source", () => {
  it.each<[string, number, [number, number][], boolean[]]>([
    [
      "is not silent before the limit, and is from then on",
      2,
      [
        [SPEECH, 4],
        [-120, 1.6],
        [-120, 0.4],
      ],
      [false, false, true],
    ],
    ["is silent also when a faint hiss is all there is", 2, [[HISS, 2]], [true]],
    [
      "is silent at the threshold, and not a tenth above it",
      2,
      [
        [SILENT_DBFS, 2],
        [SILENT_DBFS + 0.1, 2],
      ],
      [true, false],
    ],
    [
      "counts its quiet time anew after each sound",
      2,
      [
        [-120, 1.6],
        [SPEECH, 0.4],
        [-120, 1.6],
      ],
      [false, false, false],
    ],
    [
      "is back after 2 s of sound, not sooner",
      2,
      [
        [-120, 4],
        [SPEECH, 1.6],
        [SPEECH, 0.4],
      ],
      [true, true, false],
    ],
    [
      "is back though a noise gate cuts pauses into speech",
      2,
      [
        [-120, 4],
        [SPEECH, 0.8],
        [-120, 0.8],
        [SPEECH, 0.4],
      ],
      [true, true, true, false],
    ],
    [
      "is not back in the middle of a pause",
      2,
      [
        [-120, 4],
        [SPEECH, 1.6],
        [-120, 0.8],
      ],
      [true, true, true],
    ],
    [
      "is not back by a cough now and then",
      2,
      [
        [-120, 4],
        [SPEECH, 0.4],
        [-120, 1.6],
        [SPEECH, 0.4],
        [-120, 1.6],
        [SPEECH, 0.4],
      ],
      [true, true, true, true, true, true],
    ],
    ["is never silent where the limit is 0", 0, [[-120, 3600]], [false]],
  ])("%s", (_title, limitSeconds, stretches, expected) => {
    expect(judge(limitSeconds, ...stretches)).toEqual(expected);
  });
});

describe("the judge", () => {
  const sound = (amplitude: number, seconds: number) =>
    Int16Array.from({ length: seconds * SAMPLE_RATE * CHANNELS }, (_, i) => (i % 2 === 0 ? amplitude : -amplitude));
  /** Hands samples over in pieces, as a pipe does. */
  const hear = (judge: SilenceJudge, values: Int16Array) => {
    for (let start = 0; start < values.length; start += 4094) judge.hear(values.subarray(start, start + 4094));
  };

  it("measures what it hears, however it is cut", () => {
    const judge = new SilenceJudge(() => 1);
    hear(judge, sound(300, 3));
    expect(judge.isSilent).toBe(false);
    hear(judge, sound(30, 1.6));
    expect(judge.isSilent).toBe(true);
    hear(judge, sound(300, 3));
    expect(judge.isSilent).toBe(false);
  });

  it("follows a limit that changes, and begins anew when it is 0", () => {
    let limit = 1;
    const judge = new SilenceJudge(() => limit);
    hear(judge, sound(0, 2));
    expect(judge.isSilent).toBe(true);
    limit = 0;
    hear(judge, sound(0, 1));
    expect(judge.isSilent).toBe(false);
    limit = 2;
    hear(judge, sound(0, 1));
    expect(judge.isSilent).toBe(false);
  });
});
