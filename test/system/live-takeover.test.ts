import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Source } from "../../contracts/programme-item.ts";
import { segmentAt } from "../../contracts/timeline.ts";
import { findClicks } from "../harness/audio/click.ts";
import { levels, median } from "../harness/audio/level.ts";
import { quieterThanBoth } from "../harness/audio/quiet.ts";
import { cut } from "../harness/audio/sound.ts";
import { type Span, toneSpans } from "../harness/audio/tone.ts";
import { LIVE_SWITCHES, PATIENCE_MS } from "../harness/lengths.ts";
import { startPublisher } from "../harness/publisher.ts";
import { decodeSegments, type Recording } from "../harness/recording.ts";
import { type Stack, startStack } from "../harness/stack.ts";
import { reportOf, studioOf } from "../harness/station.ts";
import { followStream, type StreamReport } from "../harness/stream-check.ts";

const LIBRARY_HZ = 440;
const LIVE_HZ = 1000;
const THRESHOLD_DB = -35;
/** Programme time tells a moment to one frame, and a tone's edge is found to some 10 ms. */
const MEASURE_MS = 40;

describe(`a host who goes live ${LIVE_SWITCHES} times and is killed each time`, () => {
  let stack: Stack;
  const rounds: { begun: number; killed: number }[] = [];
  let report: StreamReport;
  let recording: Recording;
  let live: Span[];
  let library: Span[];

  beforeAll(async () => {
    stack = await startStack({ tones: [{ frequency: LIBRARY_HZ }] });
    const studio = await studioOf(stack);
    const sourceIs = (source: Source) =>
      vi.waitFor(async () => expect((await reportOf(studio))?.source).toBe(source), { timeout: 10_000, interval: 100 });
    const check = followStream(stack.playlistUrl("aac-128k"));
    await check.reached(segmentAt(Date.now(), 150));
    for (let round = 0; round < LIVE_SWITCHES; round++) {
      const publisher = await startPublisher(await stack.liveUrl(studio.id), { tone: LIVE_HZ });
      await sourceIs("live");
      await check.reached(segmentAt(Date.now(), 150));
      rounds.push({ begun: publisher.startedAt, killed: Date.now() });
      publisher.kill("SIGKILL");
      await publisher.ended;
      await sourceIs("autopilot");
    }
    await check.reached(segmentAt(Date.now(), 150) + 1);
    report = await check.stop();
    recording = await decodeSegments(report.segments);
    live = toneSpans(recording.sound, LIVE_HZ, THRESHOLD_DB);
    library = toneSpans(recording.sound, LIBRARY_HZ, THRESHOLD_DB);
  }, PATIENCE_MS);
  afterAll(() => stack.stop());

  it("takes over within 1.5 s each time", () => {
    expect(live).toHaveLength(LIVE_SWITCHES);
    const took = rounds.map(({ begun }, round) => recording.timeAt(live[round]?.from ?? Number.NaN) - begun);
    expect(Math.max(...took), `took ${took.map(Math.round).join(", ")} ms`).toBeLessThan(1500 + MEASURE_MS);
  });

  it("hands back to the library when killed, without being asked", () => {
    expect(library).toHaveLength(LIVE_SWITCHES + 1);
    const took = rounds.map(({ killed }, round) => recording.timeAt(library[round + 1]?.from ?? Number.NaN) - killed);
    expect(Math.max(...took), `took ${took.map(Math.round).join(", ")} ms`).toBeLessThan(2000 + MEASURE_MS);
  });

  it("leaves every frame number in the stream once", () => {
    expect(report.problems).toEqual([]);
    expect(report.frames).toBe(report.segments.size * 150);
  });

  it("leaves no window of 20 ms that is quieter than both sources", () => {
    // The middle fifth: a span may be but a second long, and is fading at both ends.
    const levelIn = ({ from, to }: Span) => {
      const margin = (to - from) * 0.4;
      return median(levels(cut(recording.sound, from + margin, to - margin)));
    };
    const sources: [number, number] = [median(live.map(levelIn)), median(library.map(levelIn))];
    expect(Math.min(...sources)).toBeGreaterThan(-30);
    const first = (library[0]?.from ?? 0) + 0.1;
    const settled = cut(recording.sound, first, library.at(-1)?.to ?? 0);
    expect(quieterThanBoth(settled, sources)).toEqual([]);
  });

  it("makes no click", () => {
    const first = (library[0]?.from ?? 0) + 0.1;
    expect(findClicks(cut(recording.sound, first, library.at(-1)?.to ?? 0))).toEqual([]);
  });
});
