import fc from "fast-check";
import type { StationPlan } from "../plan.ts";
import { plan, playlist, slot, track, uuid } from "./test-plan.ts";

const HOUR = 3600;

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

/** Any plan with something to play: short and endless tracks, each order, slots of each kind, for two days. */
export const anyPlan: fc.Arbitrary<StationPlan> = fc
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
