import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  firstFrame,
  frameAt,
  frameOfRtmpTimestamp,
  PTS_MODULUS,
  programmeTime,
  ptsOf,
  RTMP_MODULUS,
  rtmpTimestampOf,
  SEGMENT_LENGTHS,
  segmentAt,
  segmentOf,
  segmentSeconds,
  segmentTime,
} from "./timeline.ts";

const YEAR_2000 = Date.UTC(2000, 0, 1);
const YEAR_2100 = Date.UTC(2100, 0, 1);
const unixMs = fc.integer({ min: YEAR_2000, max: YEAR_2100 });
const frames = fc.integer({ min: frameAt(YEAR_2000), max: frameAt(YEAR_2100) });
const lengths = fc.constantFrom(...SEGMENT_LENGTHS);

describe("frames", () => {
  it("cover time without gap or overlap: each ms falls into the frame that began last", () => {
    fc.assert(
      fc.property(unixMs, (ms) => {
        const frame = frameAt(ms);
        expect(programmeTime(frame)).toBeLessThanOrEqual(ms);
        expect(programmeTime(frame + 1)).toBeGreaterThan(ms);
      }),
    );
  });

  it("lose nothing to rounding: three frames are exactly 64 ms, up to the year 2100", () => {
    fc.assert(fc.property(frames, (frame) => frameAt(Math.ceil(programmeTime(frame))) === frame));
    expect(frameAt(64)).toBe(3);
    expect(Number.isSafeInteger(frameAt(YEAR_2100) * 1920)).toBe(true);
  });
});

describe("segments", () => {
  it("are as long as the design says", () => {
    expect(SEGMENT_LENGTHS.map(segmentSeconds)).toEqual([3.2, 6.4, 8]);
  });

  it("hold exactly their frames", () => {
    fc.assert(
      fc.property(frames, lengths, (frame, length) => {
        const segment = segmentOf(frame, length);
        expect(firstFrame(segment, length)).toBeLessThanOrEqual(frame);
        expect(firstFrame(segment + 1, length)).toBeGreaterThan(frame);
      }),
    );
  });

  it("are numbered alike by everyone whose clock shows the same ms, whatever was before", () => {
    fc.assert(
      fc.property(unixMs, lengths, (ms, length) => {
        const segment = segmentAt(ms, length);
        expect(segmentTime(segment, length)).toBeLessThanOrEqual(ms);
        expect(segmentTime(segment + 1, length)).toBeGreaterThan(ms);
      }),
    );
  });

  it("begin on whole milliseconds, so PROGRAM-DATE-TIME is exact", () => {
    fc.assert(
      fc.property(unixMs, lengths, (ms, length) => Number.isInteger(segmentTime(segmentAt(ms, length), length))),
    );
  });
});

describe("PTS", () => {
  it("agrees with exact integer arithmetic of any width", () => {
    fc.assert(fc.property(frames, (frame) => BigInt(ptsOf(frame)) === (BigInt(frame) * 1920n) % (1n << 33n)));
  });

  it("advances by 1920 ticks a frame, also where 33 bits wrap", () => {
    const wrap = Math.ceil((50_000 * PTS_MODULUS) / 1920);
    for (let frame = wrap - 3; frame < wrap + 3; frame++) {
      expect((ptsOf(frame + 1) - ptsOf(frame) + PTS_MODULUS) % PTS_MODULUS).toBe(1920);
    }
    expect(ptsOf(wrap)).toBeLessThan(1920);
    expect(ptsOf(wrap - 1)).toBeGreaterThan(PTS_MODULUS - 1921);
  });
});

describe("RTMP timestamps", () => {
  it("lead back to the frame, with the reader's clock up to 12 days off", () => {
    const skew = fc.integer({ min: -12 * 86_400_000, max: 12 * 86_400_000 });
    fc.assert(
      fc.property(frames, skew, (frame, off) => {
        const now = Math.round(programmeTime(frame)) + off;
        expect(frameOfRtmpTimestamp(rtmpTimestampOf(frame), now)).toBe(frame);
      }),
    );
  });

  it("lead back to the frame on both sides of the 2^31 ms wrap, the reader being on either", () => {
    const wrapMs = RTMP_MODULUS * 900;
    const last = frameAt(wrapMs - 1);
    for (let frame = last - 3; frame <= last + 3; frame++) {
      for (const now of [wrapMs - 5000, wrapMs, wrapMs + 5000]) {
        expect(frameOfRtmpTimestamp(rtmpTimestampOf(frame), now)).toBe(frame);
      }
    }
    expect(rtmpTimestampOf(last)).toBeGreaterThan(RTMP_MODULUS - 23);
    expect(rtmpTimestampOf(last + 2)).toBeLessThan(44);
  });

  it("stay within 31 bits", () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const timestamp = rtmpTimestampOf(frame);
        expect(timestamp).toBeGreaterThanOrEqual(0);
        expect(timestamp).toBeLessThan(RTMP_MODULUS);
      }),
    );
  });
});
