import { describe, expect, it } from "vitest";
import { backoff } from "./retry.ts";

describe("Backoff", () => {
  const policy = { firstMs: 250, maxMs: 4000 };

  it("doubles up to its bound, which it keeps for ever", () => {
    expect([0, 1, 2, 3, 4, 5, 1e9].map((attempt) => backoff(attempt, policy, () => 1))).toEqual([
      250, 500, 1000, 2000, 4000, 4000, 4000,
    ]);
  });

  it("is spread over the upper half, so that many who failed together do not come back together", () => {
    expect(backoff(2, policy, () => 0)).toBe(500);
  });
});
