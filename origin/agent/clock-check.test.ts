import { describe, expect, it } from "vitest";
import { clockIsRight, clockOffset } from "./clock-check.ts";

describe("The node's clock", () => {
  it.each([
    {
      title: "agrees when the other's time lies within the question's travel",
      reading: { sentAt: 1000, receivedAt: 1400, serverNow: 1200 },
      offset: 0,
    },
    {
      title: "is ahead when the answer was given before the question was asked",
      reading: { sentAt: 9000, receivedAt: 9100, serverNow: 4000 },
      offset: 5000,
    },
    {
      title: "is behind when the answer lies after its arrival",
      reading: { sentAt: 4000, receivedAt: 4100, serverNow: 9000 },
      offset: -4900,
    },
  ])("$title", ({ reading, offset }) => {
    expect(clockOffset(reading)).toBe(offset);
  });

  it("is right within one second, and wrong beyond", () => {
    expect(clockIsRight({ sentAt: 5000, receivedAt: 5010, serverNow: 4000 })).toBe(true);
    expect(clockIsRight({ sentAt: 5000, receivedAt: 5010, serverNow: 3999 })).toBe(false);
    expect(clockIsRight({ sentAt: 5000, receivedAt: 5010, serverNow: 6011 })).toBe(false);
  });

  it("is not blamed for a slow answer", () => {
    expect(clockIsRight({ sentAt: 0, receivedAt: 5000, serverNow: 100 })).toBe(true);
  });
});
