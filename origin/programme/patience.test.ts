import { describe, expect, it } from "vitest";
import { isWorthWaiting, type Player } from "./patience.ts";
import { createSlate } from "./slate.ts";

const player = (change: Partial<Player>): Player => ({
  ...createSlate(),
  ready: true,
  starving: false,
  isComing: false,
  ...change,
});
const ready = player({});
const coming = player({ ready: false, isComing: true });
const absent = player({ ready: false });

describe("being late", () => {
  it("is better at the start than to begin with the second best", () => {
    expect(isWorthWaiting(null, [coming, ready])).toBe(true);
    expect(isWorthWaiting(null, [absent, coming])).toBe(true);
  });

  it("is no use at the start when the best is there, or nothing is coming", () => {
    expect(isWorthWaiting(null, [ready, coming])).toBe(false);
    expect(isWorthWaiting(null, [absent, ready])).toBe(false);
    expect(isWorthWaiting(null, [absent, absent])).toBe(false);
  });

  it("is better than to leave what is decoding still", () => {
    const slow = player({ starving: true, isComing: true });
    const stuck = player({ starving: true });
    expect([isWorthWaiting(slow, [slow, ready]), isWorthWaiting(stuck, [stuck, ready])]).toEqual([true, false]);
    expect(isWorthWaiting(ready, [ready, coming])).toBe(false);
  });

  it("is better than the slate when what is on air is over, and no use when the next best is there", () => {
    const over = player({ ready: false, isOver: true });
    expect([isWorthWaiting(over, [over, coming]), isWorthWaiting(over, [over, ready])]).toEqual([true, false]);
    expect(isWorthWaiting(over, [over, absent])).toBe(false);
  });

  it("is better than to miss the beginning of what is better than that on air, and not of what is worse", () => {
    expect([isWorthWaiting(ready, [coming, ready]), isWorthWaiting(ready, [ready, coming])]).toEqual([true, false]);
    expect(isWorthWaiting(ready, [absent, ready])).toBe(false);
  });

  it("is nothing for a host, who does not wait", () => {
    expect(isWorthWaiting(player({ starving: true, isComing: true }), [ready])).toBe(false);
  });
});
