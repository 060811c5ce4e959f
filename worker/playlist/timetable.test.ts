import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTimetable } from "./timetable.ts";

const LENGTH = 3200;

/** A timetable of numbers from 0 on, given by how late each was, in segment lengths. */
function timetableOf(...lateness: number[]) {
  const timetable = createTimetable(LENGTH);
  for (const [number, late] of lateness.entries()) timetable.add(number, (number + late) * LENGTH);
  return timetable;
}

describe("the timetable of a station's segments", () => {
  it("follows the programme's small delays", () => {
    expect(timetableOf(0, 0.3).dueAt(2)).toBeCloseTo(2.3 * LENGTH);
    expect(timetableOf(0, 0.3).reelAt(2)).toBeCloseTo(3.05 * LENGTH);
  });

  it("is not moved by a segment under whose number the reel was heard already", () => {
    expect(timetableOf(0, 0.8).dueAt(2)).toBe(2 * LENGTH);
  });

  it("gives in to a programme that has grown slower for good, a segment at a time", () => {
    expect(timetableOf(0, 0.8, 0.8, 0.8).dueAt(4)).toBeCloseTo(4.8 * LENGTH);
    expect(timetableOf(0, ...Array(9).fill(3.2)).dueAt(10)).toBeCloseTo(13.2 * LENGTH);
  });

  it("never takes back a number, nor lets listeners wait for more than two and a half segments", () => {
    const delay = fc.oneof(fc.double({ min: 0, max: 0.4, noNaN: true }), fc.double({ min: 0, max: 6, noNaN: true }));
    const numbers = fc.array(fc.record({ delay, lost: fc.boolean() }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(numbers, (made) => {
        const arrivals = made.flatMap(({ delay, lost }, number) =>
          lost && number > 0 ? [] : [{ number, at: (number + delay) * LENGTH }],
        );
        const first = arrivals[0]?.at ?? 0;
        let edge = 0;
        let changedAt = first;
        for (let now = first; now < first + 40 * LENGTH; now += LENGTH / 8) {
          const timetable = createTimetable(LENGTH);
          const [begin, ...there] = arrivals.filter(({ at }) => at <= now);
          timetable.add(begin?.number ?? 0, begin?.at ?? 0);
          let reached = Math.max(0, timetable.reelThrough(now));
          there.forEach(({ number, at }, index) => {
            if (number > reached + 1) return;
            timetable.add(number, at);
            const beforeNext = (there[index + 1]?.number ?? Number.POSITIVE_INFINITY) - 1;
            reached = Math.min(beforeNext, Math.max(number, timetable.reelThrough(now)));
          });
          expect(reached).toBeGreaterThanOrEqual(edge);
          if (reached > edge) changedAt = now;
          expect(now - changedAt).toBeLessThanOrEqual(2.6 * LENGTH);
          edge = reached;
        }
      }),
    );
  });
});
