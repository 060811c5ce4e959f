import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DesiredStation } from "../../contracts/fleet.ts";
import type { PublishedAnswer } from "../../contracts/published.ts";
import { createLog } from "../../kit/log.ts";
import type { Loop } from "../../kit/loop.ts";
import { succession, watchForSuccessor } from "./successor.ts";

const at = (origin: string) => ({ origin, url: `http://${origin}.example` });
const studioHere: DesiredStation = {
  slug: "demo",
  name: "Demo",
  framesPerSegment: 150,
  renditions: ["aac-48k"],
  generation: 4,
  roles: ["studio", "slicer"],
  studio: at("origin-1"),
  livePolicy: "auto",
  liveAllowed: true,
  liveSilenceSeconds: 15,
  keys: [],
  feedSecret: "0123456789abcdef0123456789abcdef",
};
const slicerHere: DesiredStation = { ...studioHere, roles: ["slicer"], studio: at("origin-3") };

const published = (generation: number): PublishedAnswer => ({ published: { segment: 100, generation, counters: {} } });
const named = (origin: string, generation: number, newest = generation): PublishedAnswer => ({
  ...published(newest),
  studio: { ...at(origin), generation },
});

describe("An origin that does not hear from control", () => {
  it.each<[string, DesiredStation, PublishedAnswer, Partial<DesiredStation> | null]>([
    ["goes on as the studio while nothing newer is published", studioHere, published(4), null],
    ["goes on as the studio that is named", studioHere, named("origin-1", 4), null],
    ["goes on while nothing was ever published", studioHere, { published: null }, null],
    [
      "gives up as the studio when a newer generation is published",
      studioHere,
      published(5),
      { generation: 5, studio: null },
    ],
    [
      "slices the studio that was named in its place, which need not have published yet",
      studioHere,
      named("origin-2", 5, 4),
      { generation: 5, studio: at("origin-2"), roles: ["slicer"] },
    ],
    [
      "slices the new studio when it was a slicer",
      slicerHere,
      named("origin-2", 5),
      { generation: 5, studio: at("origin-2") },
    ],
    ["goes on slicing when it is not told who the new studio is", slicerHere, published(5), null],
    ["goes on slicing the studio that it knows", slicerHere, named("origin-3", 4), null],
    [
      "slices the studio of its own generation when it knew of none",
      { ...slicerHere, studio: null },
      named("origin-2", 4),
      { generation: 4, studio: at("origin-2") },
    ],
    [
      "does not believe a name that is older than what is published",
      studioHere,
      named("origin-2", 4, 5),
      { generation: 5, studio: null },
    ],
    ["does not become the studio on hearsay", slicerHere, named("origin-1", 5), null],
  ])("%s", (_, desired, answer, expected) => {
    const next = succession("origin-1", desired, answer);
    if (expected === null) expect(next).toBeNull();
    else expect(next).toMatchObject(expected);
  });
});

describe("The edge", () => {
  let loop: Loop | undefined;
  beforeEach(() => vi.useFakeTimers());
  afterEach(async () => {
    await loop?.stop();
    vi.useRealTimers();
  });

  function watch(controlSilentMs: number | null, ask = async () => published(5)) {
    const answers: PublishedAnswer[] = [];
    const asked = vi.fn(ask);
    loop = watchForSuccessor({
      controlSilentMs: () => controlSilentMs,
      ask: asked,
      onAnswer: (answer) => void answers.push(answer),
      log: createLog({ write: () => {} }),
    });
    return { answers, asked };
  }

  it.each([20_000, null])("is asked every three seconds while control is silent (%s ms)", async (silentMs) => {
    const { answers } = watch(silentMs);
    await vi.advanceTimersByTimeAsync(9100);
    expect(answers).toHaveLength(4);
  });

  it("is not asked while control answers", async () => {
    const { asked } = watch(2000);
    await vi.advanceTimersByTimeAsync(9100);
    expect(asked).not.toHaveBeenCalled();
  });

  it("may be away, too", async () => {
    let away = true;
    const { answers } = watch(20_000, async () => {
      if (away) throw new Error("the edge is away");
      return published(5);
    });
    await vi.advanceTimersByTimeAsync(6100);
    expect(answers).toEqual([]);
    away = false;
    await vi.advanceTimersByTimeAsync(3100);
    expect(answers).toHaveLength(1);
  });
});
