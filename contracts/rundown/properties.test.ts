import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StationPlan } from "../plan.ts";
import type { RundownItem } from "../rundown-item.ts";
import { SAMPLE_RATE } from "../timeline.ts";
import { createRundown } from "./rundown.ts";
import { plan, playlist, sample, slot, track, uuid } from "./test-plan.ts";

const HOUR = 3600;
const RUNS = { numRuns: 25 };

const lengths = fc.oneof(fc.integer({ min: 120, max: 400 }), fc.integer({ min: 1, max: 30 }), fc.constant(7 * HOUR));
const tracks = fc
  .array(
    fc.record({ length: lengths, fade: fc.integer({ min: 0, max: 8 }), artist: fc.integer({ min: 1, max: 12 }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((made) =>
    made.map(({ length, fade, artist }, index) =>
      track(index + 1, length, { fade: Math.min(fade, length / 2), artist: `Artist ${artist}` }),
    ),
  );
const orders = fc.constantFrom("sequence" as const, "shuffle" as const, "weighted" as const);
const starts = fc.constantFrom("hard" as const, "soft" as const);

/** Slots of all kinds, one after the other, with and without time between them. */
const slots = fc
  .array(
    fc.record({
      pause: fc.integer({ min: 0, max: 3 * HOUR }),
      length: fc.integer({ min: 60, max: 9 * HOUR }),
      start: starts,
      kind: fc.constantFrom("show" as const, "playlist" as const, "relay" as const, "live" as const),
      media: fc.array(fc.integer({ min: 1, max: 45 }), { minLength: 1, maxLength: 6 }),
    }),
    { maxLength: 10 },
  )
  .map((made) => {
    let end = 0;
    return made.map(({ pause, length, start, kind, media }, index) => {
      const from = end + pause;
      end = from + length;
      const content = {
        show: { kind: "show" as const, media: media.map(uuid) },
        playlist: { kind: "playlist" as const, playlist: uuid(101) },
        relay: { kind: "relay" as const, relay: uuid(500) },
        live: { kind: "live" as const, keys: [], absent: null, overrunMinutes: 0 },
      }[kind];
      return slot(from, end, content, { start, entry: uuid(9000 + index) });
    });
  });

const plans: fc.Arbitrary<StationPlan> = fc
  .record({
    tracks,
    slots,
    own: orders,
    other: orders,
    crossfadeMs: fc.constantFrom(0, 4000, 15_000),
    seed: fc.string(),
  })
  .map(({ tracks, slots, own, other, crossfadeMs, seed }) => {
    const jingles = [track(200, 5, { kind: "jingle" }), track(201, 3, { kind: "jingle", fade: 1 })];
    const half = tracks.slice(0, Math.ceil(tracks.length / 2));
    return plan({
      seed: seed.slice(0, 60),
      tracks: [...tracks, ...jingles],
      playlists: [playlist(100, tracks, own), playlist(101, half, other), playlist(102, jingles)],
      slots,
      rules: {
        artistSeparationMinutes: 30,
        titleSeparationMinutes: 60,
        crossfadeMs,
        jingles: { playlist: uuid(102), every: { tracks: 4 } },
      },
    });
  });

const day = [sample(0), sample(24 * HOUR)] as const;

function pairs(items: readonly RundownItem[]): [RundownItem, RundownItem][] {
  return items.slice(1).map((item, index) => [items[index] as RundownItem, item]);
}

describe("The rundown of any plan with something to play", () => {
  it("has no gap above half a second, and no overlap but crossfades of two", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const items = createRundown(plan).at(...day);
        expect(items[0]?.from).toBeLessThanOrEqual(day[0]);
        expect(items.at(-1)?.until).toBeGreaterThanOrEqual(day[1]);
        for (const [one, other] of pairs(items)) {
          const shared = one.until - other.from;
          expect(shared).toBeGreaterThanOrEqual(-SAMPLE_RATE / 2);
          expect(shared).toBeLessThanOrEqual((plan.rules.crossfadeMs / 1000) * SAMPLE_RATE);
          expect(other.fadeIn).toBe(Math.max(0, shared));
          if (shared > 0) expect(one.fadeOut).toBe(shared);
        }
        for (const [one, , third] of items.map((item, index) => [item, items[index + 1], items[index + 2]])) {
          if (one && third) expect(third.from).toBeGreaterThanOrEqual(one.until);
        }
      }),
      RUNS,
    );
  });

  it("has whole samples only, within each file, with fades that fit", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const { from, until, offset, fadeIn, fadeOut, track } of createRundown(plan).at(...day)) {
          expect([from, until, offset, fadeIn, fadeOut].every(Number.isSafeInteger)).toBe(true);
          expect(until).toBeGreaterThan(from);
          expect(offset + until - from).toBeLessThanOrEqual(track.cue.out);
          expect(fadeIn + fadeOut).toBeLessThanOrEqual(until - from);
        }
      }),
      RUNS,
    );
  });

  it("is the same in pieces as in whole, in any order, from anyone who asks", () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 24 * HOUR }), { maxLength: 6 });
    fc.assert(
      fc.property(plans, cuts, fc.boolean(), (plan, cuts, isBackwards) => {
        const whole = createRundown(plan).at(...day);
        const bounds = [0, ...cuts.toSorted((one, other) => one - other), 24 * HOUR].map(sample);
        const windows = bounds.slice(1).map((until, index) => [bounds[index] as number, until] as const);
        const other = createRundown(plan);
        for (const [from, until] of isBackwards ? windows.toReversed() : windows) {
          expect(other.at(from, until)).toEqual(whole.filter((item) => item.from < until && from < item.until));
        }
      }),
      RUNS,
    );
  });

  it("begins what is to start hard in its first frame", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const rundown = createRundown(plan);
        for (const { start, from, until, content } of plan.slots) {
          const isEmpty =
            content.kind === "show" && content.media.every((id) => !plan.tracks.some((t) => t.media === id));
          if (start === "soft" || isEmpty || (until - from) * 1024 < SAMPLE_RATE) continue;
          const items = rundown.at(from * 1024 - SAMPLE_RATE, from * 1024 + 1);
          expect(items.at(-1)?.from).toBe(from * 1024);
          for (const item of items.slice(0, -1)) expect(item.until).toBeLessThanOrEqual(from * 1024);
        }
      }),
      RUNS,
    );
  });

  it("begins what is to start softly with the end of an item, a quarter of an hour late at most", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const rundown = createRundown(plan);
        for (const [index, { start, from, until }] of plan.slots.entries()) {
          if (start === "hard" || until - from < 60_000) continue;
          const items = rundown.at((from - 1) * 1024, until * 1024);
          const first = items.findIndex(({ slot }) => slot?.entry === plan.slots[index]?.entry);
          if (first < 1) continue;
          const [before, item] = [items[first - 1], items[first]];
          expect(item?.from).toBeGreaterThanOrEqual(from * 1024);
          expect(item?.from).toBeLessThanOrEqual(from * 1024 + 900 * SAMPLE_RATE);
          expect(item?.from).toBeLessThanOrEqual(before?.until ?? 0);
        }
      }),
      RUNS,
    );
  });
});
