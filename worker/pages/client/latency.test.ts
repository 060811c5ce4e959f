import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEGMENT_LENGTHS, segmentSeconds } from "../../../contracts/timeline.ts";
import { farthestDistance, startDistance } from "./latency.ts";

describe("startDistance", () => {
  it.each([0.4, 0.8, 1.6, 2.4])("puts a listener 6.4 s behind the programme, with a playlist %s s old", (age) => {
    expect(startDistance(age, 3.2) + age).toBeCloseTo(6.4);
  });

  it("never means more than 8 s with usual segments, nor too little for the next segment to be there in time", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 4, noNaN: true }), (age) => {
        const behind = startDistance(age, 3.2) + age;
        expect(behind).toBeGreaterThanOrEqual(6.4 - 1e-9);
        expect(behind).toBeLessThanOrEqual(8);
      }),
    );
  });

  it("never starts with the last bit of a segment", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true }),
        fc.constantFrom(...SEGMENT_LENGTHS.map(segmentSeconds)),
        (age, length) => {
          const ofFirst = startDistance(age, length) % length;
          expect(ofFirst).toBeGreaterThanOrEqual(0.8 - 1e-9);
        },
      ),
    );
  });

  it.each([-0.1, -3600, 5.3, 3600, null])("does not follow a clock that says the playlist is %s s old", (age) => {
    expect(startDistance(age, 3.2)).toBeCloseTo(4.6);
  });

  it.each(SEGMENT_LENGTHS.map(segmentSeconds))(
    "stays nearer than where playback would jump, with %s s segments",
    (length) => {
      for (const age of [null, 0, length / 2, length, length + 2]) {
        expect(startDistance(age, length)).toBeLessThan(farthestDistance(length) - 5);
      }
    },
  );
});
