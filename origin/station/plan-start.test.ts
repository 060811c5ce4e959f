import { describe, expect, it } from "vitest";
import { firstFrame, segmentTime } from "../../contracts/timeline.ts";
import { planStart } from "./plan-start.ts";

const NOW = segmentTime(560_000_000, 150) + 1000;
const end = (segment: number, counter = 3) => ({ segment, generation: 4, counters: { "aac-48k": counter } });

describe("A studio that starts", () => {
  it("goes on after the newest published segment, with its counters", () => {
    expect(planStart([end(559_999_997, 5), null], 150, NOW)).toEqual({
      startFrame: firstFrame(559_999_998, 150),
      counters: { "aac-48k": 5 },
    });
  });

  it("counts what it has sliced itself and not yet uploaded as published", () => {
    expect(planStart([end(559_999_990), end(559_999_996, 9)], 150, NOW)).toEqual({
      startFrame: firstFrame(559_999_997, 150),
      counters: { "aac-48k": 9 },
    });
  });

  it("waits for the next segment when the present one is published already", () => {
    expect(planStart([end(560_000_000)], 150, NOW).startFrame).toBe(firstFrame(560_000_001, 150));
  });

  it("makes the last three segments first when nothing was ever published, so that players can begin at once", () => {
    expect(planStart([null], 150, NOW)).toEqual({ startFrame: firstFrame(559_999_997, 150), counters: {} });
  });

  it("does not render all of a long absence, but keeps the counters", () => {
    expect(planStart([end(559_999_900, 7)], 150, NOW)).toEqual({
      startFrame: firstFrame(559_999_997, 150),
      counters: { "aac-48k": 7 },
    });
  });

  it("does not believe an end that lies in the future", () => {
    expect(planStart([end(560_000_002), end(559_999_999)], 150, NOW).startFrame).toBe(firstFrame(560_000_000, 150));
  });
});
