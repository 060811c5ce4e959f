import { describe, expect, it } from "vitest";
import type { RoutedStation } from "../../contracts/routing.ts";
import { segmentTime } from "../../contracts/timeline.ts";
import type { Copy, Holdings } from "../playlist/merge.ts";
import { WINDOW_SEGMENTS } from "../playlist/window.ts";
import { AHEAD_MS, goAhead } from "./ahead.ts";
import { extend, LEAD, NAMED_WITHIN_MS, type Sight } from "./extend.ts";
import { FROM_REEL, type Listing, lastOf, THROUGH_EDGE } from "./listing.ts";

const RENDITION = "aac-48k";
const LAST = 1000;
/** Five packets: two of tables, three of audio. */
const BYTES = 5 * 188;

const station: RoutedStation = {
  name: "Demo",
  framesPerSegment: 150,
  renditions: [RENDITION],
  generation: 1,
  studio: "a",
  slicers: [
    { origin: "a", weight: 100 },
    { origin: "b", weight: 100 },
  ],
  delivery: "segments",
};

type Held = { counter?: number; generation?: number; sha256?: string; late?: number };

function copyOf(origin: string, number: number, { counter, generation = 1, sha256 = "0", late = 200 }: Held): Copy {
  const publishedAt = segmentTime(number + 1, 150) + late;
  const copy = { sha256: sha256.repeat(64), bytes: BYTES, counter: counter ?? (number * 3) % 16 };
  return { origin, generation, publishedAt, renditions: { [RENDITION]: copy } };
}

/** A listing up to LAST, all through the edge so far, none of which has to be any more. */
function listed(parts: Partial<Listing> = {}): Listing {
  const whence = Array.from({ length: WINDOW_SEGMENTS }, () => THROUGH_EDGE);
  const counter = ((LAST + 1) * 3) % 16;
  const first = LAST - WINDOW_SEGMENTS + 1;
  return { framesPerSegment: 150, first, whence, leadsFrom: first, counter, writtenAt: 0, ...parts };
}

/** What is seen when `edge` is the newest number, held as said, and its predecessors by both. */
function seen(held: Record<string, Held>, parts: Partial<Sight> & { edge?: number } = {}): Sight {
  const { edge = LAST + 1, ...rest } = parts;
  const holdings = new Map<number, Copy[]>();
  for (let number = edge - WINDOW_SEGMENTS; number < edge; number += 1) {
    holdings.set(
      number,
      ["a", "b"].map((origin) => copyOf(origin, number, {})),
    );
  }
  const copies = Object.entries(held).map(([origin, how]) => copyOf(origin, edge, how));
  if (copies.length > 0) holdings.set(edge, copies);
  const window = { first: edge - WINDOW_SEGMENTS + 1, edge, newest: edge, reelSince: null, dueAt: 0 };
  const isAll = { isReeled: () => false, isStored: () => true };
  return { slug: "demo", station, rendition: RENDITION, window, holdings: holdings as Holdings, ...isAll, ...rest };
}

const soon = (number: number) => segmentTime(number + 1, 150) + 400;
const newestOf = (listing: Listing) => listing.whence.at(-1);

describe("the listing of a rendition", () => {
  it("names a number where an origin has put it into the bucket, and goes on with its counters", () => {
    const after = extend(listed(), seen({ a: {} }), soon(LAST + 1));
    expect(newestOf(after)).toBe("a");
    expect(after).toMatchObject({ counter: ((LAST + 2) * 3) % 16, first: LAST - WINDOW_SEGMENTS + 2 });
    expect(after.whence).toHaveLength(WINDOW_SEGMENTS);
  });

  it("never changes what it has listed, and nothing when there is nothing new", () => {
    const before = listed({ whence: Array.from({ length: WINDOW_SEGMENTS }, (_, i) => (i % 2 ? "a" : "b")) });
    expect(extend(before, seen({ a: {} }, { edge: LAST }), soon(LAST))).toBe(before);
    expect(extend(before, seen({ a: {} }), soon(LAST + 1)).whence.slice(0, -1)).toEqual(before.whence.slice(1));
  });

  it("shares the numbers out among the origins by weight", () => {
    const shares = { a: 0, b: 0 };
    const weighted = {
      ...station,
      slicers: station.slicers.map((each) => ({ ...each, weight: each.origin === "a" ? 300 : 100 })),
    };
    for (let edge = LAST + 1; edge <= LAST + 400; edge += 1) {
      const before = listed({ first: edge - WINDOW_SEGMENTS, counter: (edge * 3) % 16 });
      const whence = newestOf(extend(before, seen({ a: {}, b: {} }, { edge, station: weighted }), soon(edge)));
      if (whence === "a" || whence === "b") shares[whence] += 1;
    }
    expect(shares.a + shares.b).toBe(400);
    expect(shares.a).toBeGreaterThan(260);
    expect(shares.a).toBeLessThan(340);
  });

  it.each<[string, Record<string, Held>, Partial<Sight>, number]>([
    ["only its origin has", { a: {} }, { isStored: () => false }, 0],
    ["is counted from elsewhere", { a: { counter: 1 } }, {}, 0],
    ["is found later than edges wait for it", { a: {} }, {}, NAMED_WITHIN_MS],
    ["a station has that takes the edge's way again", { a: {} }, { station: { ...station, delivery: "edge" } }, 0],
  ])("has what %s come through the edge", (_, held, parts, laterMs) => {
    const after = extend(listed(), seen(held, parts), soon(LAST + 1) + laterMs);
    expect(newestOf(after)).toBe(THROUGH_EDGE);
    expect(after.counter).toBe(((held.a?.counter ?? (LAST + 1) * 3) + 3) % 16);
  });

  it("has what came long after it was due come through the edge: the reel was nearly on", () => {
    const now = soon(LAST + 1) + 1500;
    expect(newestOf(extend(listed(), seen({ a: { late: 1800 } }), now))).toBe(THROUGH_EDGE);
    expect(newestOf(extend(listed(), seen({ a: { late: 1200 } }), now - 500))).toBe("a");
  });

  it("names the copy of another origin when the one to be asked first has not put it there, but no other bytes", () => {
    const only = (origin: string) => ({ isStored: (who: string) => who === origin });
    expect(newestOf(extend(listed(), seen({ a: {}, b: {} }, only("b")), soon(LAST + 1)))).toBe("b");
    const other = seen({ a: { generation: 2, sha256: "1" }, b: {} }, only("b"));
    expect(newestOf(extend(listed(), other, soon(LAST + 1)))).toBe(THROUGH_EDGE);
  });

  it("has the reel under numbers that nobody has, whose counters stand still", () => {
    const after = extend(listed(), seen({}), soon(LAST + 1));
    expect(newestOf(after)).toBe(FROM_REEL);
    expect(after.counter).toBe(listed().counter);
    const late = extend(listed(), seen({ a: {} }, { isReeled: (number) => number === LAST + 1 }), soon(LAST + 1));
    expect(newestOf(late)).toBe(FROM_REEL);
  });

  it("begins with numbers that come through the edge, until every edge has heard of it", () => {
    const begun = extend(null, seen({ a: {} }), soon(LAST + 1));
    expect(new Set(begun.whence)).toEqual(new Set([THROUGH_EDGE]));
    expect(lastOf(begun)).toBe(LAST + 1);
    let listing = begun;
    for (let edge = LAST + 2; edge <= LAST + 2 + LEAD; edge += 1) {
      listing = extend(listing, seen({ a: {} }, { edge }), soon(edge));
    }
    expect(listing.whence.slice(-LEAD - 1)).toEqual([...Array.from({ length: LEAD }, () => THROUGH_EDGE), "a"]);
  });

  it("begins anew after a gap, and with another length of segments", () => {
    const gap = extend(listed(), seen({ a: {} }, { edge: LAST + 20 }), soon(LAST + 20));
    expect(gap).toMatchObject({ leadsFrom: LAST + 21 + LEAD, first: LAST + 20 - WINDOW_SEGMENTS + 1 });
    const longer = extend(listed({ framesPerSegment: 300 }), seen({ a: {} }), soon(LAST + 1));
    expect(longer.framesPerSegment).toBe(150);
    expect(newestOf(longer)).toBe(THROUGH_EDGE);
  });
});

describe("an edge whose listing lacks what is there", () => {
  const sight = seen({ a: {} });

  it("waits until nobody names it any more, then has it come through the edge", () => {
    const publishedAt = segmentTime(LAST + 2, 150) + 200;
    const waiting = goAhead(listed(), sight, publishedAt + AHEAD_MS - 1);
    expect(waiting).toMatchObject({ isBehind: true, isOverdue: false, whence: listed().whence });
    const ahead = goAhead(listed({ whence: listed().whence.map(() => "a") }), sight, publishedAt + AHEAD_MS);
    expect(ahead).toMatchObject({ first: LAST - WINDOW_SEGMENTS + 2, isBehind: false, isOverdue: true });
    expect(ahead.whence).toEqual([
      ...listed()
        .whence.slice(1)
        .map(() => "a"),
      THROUGH_EDGE,
    ]);
  });

  it("has the reel at once: it always comes through the edge", () => {
    expect(goAhead(listed(), seen({}), soon(LAST + 1))).toMatchObject({ isBehind: false, isOverdue: true });
  });

  it("lists what there is where the listing has stood still for long", () => {
    const { first, whence } = goAhead(listed(), seen({ a: {} }, { edge: LAST + 30 }), soon(LAST + 30) + AHEAD_MS);
    expect(first).toBe(LAST + 30 - WINDOW_SEGMENTS + 1);
    expect(new Set(whence)).toEqual(new Set([THROUGH_EDGE]));
  });
});
