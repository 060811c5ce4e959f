import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DesiredStation } from "../../contracts/fleet.ts";
import { createLog } from "../../kit/log.ts";
import { madeBy, untilSucceeded } from "./handover.ts";

const station = (slug: string, studio: string | null, generation = 5): DesiredStation => ({
  slug,
  name: "Demo",
  framesPerSegment: 150,
  renditions: ["aac-48k"],
  generation,
  roles: ["slicer"],
  studio: studio === null ? null : { origin: studio, url: `http://${studio}.example` },
  livePolicy: "auto",
  liveAllowed: true,
  liveSilenceSeconds: 15,
  keys: [],
  feedSecret: "0123456789abcdef0123456789abcdef",
});

describe("An origin that leaves", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  let desired: Record<string, DesiredStation> = {};
  let published: Record<string, number> = {};
  let lines: string[] = [];

  /** Begins to wait for both stations, and tells whether that is over. */
  function begin(): () => boolean {
    lines = [];
    let isOver = false;
    void untilSucceeded({
      origin: "origin-1",
      given: ["jazz", "news"],
      desired: (slug) => desired[slug] ?? null,
      publishedGeneration: async (slug) => published[slug] ?? null,
      withinMs: 5000,
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      log: createLog({ write: (line) => lines.push(line) }),
    }).then(() => {
      isOver = true;
    });
    return () => isOver;
  }

  it("stays until listeners have a segment of each successor", async () => {
    desired = { jazz: station("jazz", "origin-2"), news: station("news", "origin-3", 9) };
    published = { jazz: 4, news: 8 };
    const isOver = begin();
    await vi.advanceTimersByTimeAsync(2000);
    published = { jazz: 5, news: 8 };
    await vi.advanceTimersByTimeAsync(1000);
    expect(isOver()).toBe(false);
    published = { jazz: 5, news: 9 };
    await vi.advanceTimersByTimeAsync(300);
    expect([isOver(), lines]).toEqual([true, []]);
  });

  it("stays no longer than it may, and names who was not heard", async () => {
    desired = { jazz: station("jazz", "origin-2"), news: station("news", "origin-2") };
    published = { jazz: 5 };
    const isOver = begin();
    await vi.advanceTimersByTimeAsync(4500);
    expect(isOver()).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect([isOver(), lines.length, lines[0]]).toEqual([true, 1, expect.stringContaining('"stations":["news"]')]);
  });

  it("waits for nobody where nobody else makes the programme", async () => {
    desired = { jazz: station("jazz", "origin-1"), news: station("news", null) };
    const isOver = begin();
    await vi.advanceTimersByTimeAsync(0);
    expect(isOver()).toBe(true);
  });

  it("has given away what it made itself", () => {
    const stations = [station("jazz", "origin-1"), station("news", "origin-2"), station("talk", null)];
    expect(madeBy("origin-1", stations)).toEqual(["jazz"]);
  });
});
