import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Published } from "../../contracts/published.ts";
import { createLog } from "../../kit/log.ts";
import type { Loop } from "../../kit/loop.ts";
import { watchForSuccessor } from "./successor.ts";

let loop: Loop | undefined;
beforeEach(() => vi.useFakeTimers());
afterEach(async () => {
  await loop?.stop();
  vi.useRealTimers();
});

function studio(options: { generation: number | null; published: number | "away"; controlSilentMs: number | null }) {
  const found: Published[] = [];
  const readPublished = vi.fn(async () => {
    if (options.published === "away") throw new Error("the edge is away");
    return { segment: 100, generation: options.published, counters: {} };
  });
  loop = watchForSuccessor({
    generation: () => options.generation,
    controlSilentMs: () => options.controlSilentMs,
    readPublished,
    onSuccessor: (published) => void found.push(published),
    log: createLog({ write: () => {} }),
  });
  return { found, readPublished };
}

describe("A studio that does not hear from control", () => {
  it.each([{ controlSilentMs: 20_000 }, { controlSilentMs: null }])(
    "finds the one that was named in its place",
    async ({ controlSilentMs }) => {
      const { found } = studio({ generation: 4, published: 5, controlSilentMs });
      await vi.advanceTimersByTimeAsync(3100);
      expect(found[0]).toMatchObject({ generation: 5 });
    },
  );

  it("goes on while nothing newer than its own is published", async () => {
    const { found, readPublished } = studio({ generation: 4, published: 4, controlSilentMs: 20_000 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(readPublished.mock.calls.length).toBeGreaterThan(2);
    expect(found).toEqual([]);
  });

  it("goes on while the edge is away, too", async () => {
    const { found } = studio({ generation: 4, published: "away", controlSilentMs: 20_000 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(found).toEqual([]);
  });
});

describe("Nobody asks the edge", () => {
  it.each([
    ["while control answers", { generation: 4, published: 5, controlSilentMs: 2000 }],
    ["where there is no studio", { generation: null, published: 5, controlSilentMs: 20_000 }],
  ])("%s", async (_, options) => {
    const { readPublished } = studio(options);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(readPublished).not.toHaveBeenCalled();
  });
});
