import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { occurrencesOf } from "./occurrences.ts";
import { resolve } from "./resolve.ts";
import { makeEntry } from "./test-entry.ts";

const day = Date.UTC(2026, 10, 22);
type Parts = NonNullable<Parameters<typeof makeEntry>[1]>;

function resolved(entries: Record<string, Parts>) {
  const occurrences = Object.entries(entries).flatMap(([id, parts]) =>
    occurrencesOf(makeEntry(id, parts), "UTC", day, day + 86_400_000),
  );
  return resolve(occurrences).map(({ entry, pieces, warnings }) => [
    entry.id,
    pieces.map(({ from, until, start }) => `${clock(from)}-${clock(until)} ${start}`).join(", "),
    warnings.map(({ code, by }) => [code, ...by].join(" ")).join(", "),
  ]);
}

const clock = (at: number) => new Date(at).toISOString().slice(11, 16);
const at = (time: string, durationMinutes: number, parts: Parts = {}): Parts => ({
  from: `2026-11-22T${time}`,
  durationMinutes,
  ...parts,
});
const SHOW = { content: { kind: "show" as const, media: [crypto.randomUUID()] } };

describe("Overlaps", () => {
  it("are none where one begins as the other ends", () => {
    expect(resolved({ a: at("20:00", 60), b: at("21:00", 60) })).toEqual([
      ["a", "20:00-21:00 hard", ""],
      ["b", "21:00-22:00 hard", ""],
    ]);
  });

  it("are won by the higher priority, whichever begins earlier", () => {
    expect(resolved({ a: at("20:00", 60), b: at("20:30", 60, { priority: 60 }) })).toEqual([
      ["a", "20:00-20:30 hard", "cut b"],
      ["b", "20:30-21:30 hard", ""],
    ]);
    expect(resolved({ a: at("20:00", 60, { priority: 60 }), b: at("20:30", 60) })).toEqual([
      ["a", "20:00-21:00 hard", ""],
      ["b", "21:00-21:30 soft", "cut a"],
    ]);
  });

  it("are won by what happens once, then by what begins earlier", () => {
    expect(resolved({ a: at("20:00", 60, { rule: "FREQ=DAILY" }), b: at("20:30", 60) })).toEqual([
      ["a", "20:00-20:30 hard", "cut b"],
      ["b", "20:30-21:30 hard", ""],
    ]);
    expect(resolved({ a: at("20:30", 60), b: at("20:00", 60) })).toEqual([
      ["b", "20:00-21:00 hard", ""],
      ["a", "21:00-21:30 soft", "cut b"],
    ]);
  });

  it("split what surrounds the winner, but not a show", () => {
    const news = at("20:30", 5, { priority: 90 });
    expect(resolved({ day: at("20:00", 60), news })).toEqual([
      ["day", "20:00-20:30 hard, 20:35-21:00 soft", "split news"],
      ["news", "20:30-20:35 hard", ""],
    ]);
    expect(resolved({ show: at("20:00", 60, SHOW), news })[0]).toEqual(["show", "20:00-20:30 hard", "cut news"]);
  });

  it("hide what is wholly covered, and leave no splinters", () => {
    expect(resolved({ a: at("20:00", 60, { priority: 60 }), b: at("20:10", 20) })[1]).toEqual(["b", "", "hidden a"]);
  });

  it("leave nothing beyond an entry's own time, though what hides it has a gap later on", () => {
    const at = (from: string, durationMinutes: number, priority: number) => ({ from, durationMinutes, priority });
    const made = [at("2026-11-22T00:00", 1, 0), at("2026-11-22T01:00", 1, 2), at("2026-11-22T00:00", 62, 1)];
    const occurrences = made.flatMap((parts, index) =>
      occurrencesOf(makeEntry(`e${index}`, parts), "UTC", day, day + 86_400_000),
    );
    expect(resolve(occurrences).map(({ entry, pieces }) => [entry.priority, pieces.length])).toEqual([
      [0, 0],
      [1, 2],
      [2, 1],
    ]);
  });

  it("never remain, and every minute that anybody wants is somebody's", () => {
    const entries = fc.array(
      fc.record({
        hour: fc.integer({ min: 0, max: 22 }),
        minute: fc.integer({ min: 0, max: 59 }),
        durationMinutes: fc.integer({ min: 1, max: 400 }),
        priority: fc.integer({ min: 0, max: 3 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(entries, (made) => {
        const occurrences = made.flatMap(({ hour, minute, ...parts }, index) => {
          const from = `2026-11-22T${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
          return occurrencesOf(makeEntry(`e${index}`, { from, ...parts }), "UTC", day, day + 2 * 86_400_000);
        });
        const result = resolve(occurrences);
        for (let minute = day; minute < day + 86_400_000; minute += 60_000) {
          const holds = ({ from, until }: { from: number; until: number }) => from <= minute && minute < until;
          const wanting = occurrences.filter(holds);
          const having = result.filter(({ pieces }) => pieces.some(holds));
          expect(having.length).toBe(wanting.length === 0 ? 0 : 1);
          expect(having[0]?.entry.priority).toBe(
            wanting.length === 0 ? undefined : Math.max(...wanting.map(({ entry }) => entry.priority)),
          );
        }
      }),
      { numRuns: 20 },
    );
  });
});
