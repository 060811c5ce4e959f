import { describe, expect, it } from "vitest";
import type { IndexedSegment } from "../../contracts/station-index.ts";
import { compareHoldings, credible, type Holding, lateMs } from "./compare.ts";
import { DEFAULT_HEALTH_POLICY as policy } from "./health-policy.ts";
import { NOW } from "./test-facts.ts";
import { type Made, makeSegment, makeSegments } from "./test-indexes.ts";

const STATION = { framesPerSegment: 150, renditions: ["aac-48k", "aac-128k"] };

const holding = (origin: string, segments: IndexedSegment[], parts: Partial<Holding> = {}): Holding => ({
  origin,
  isAtWork: true,
  since: 0,
  segments,
  ...parts,
});
const holds = (origin: string, made: Made = {}, parts: Partial<Holding> = {}) =>
  holding(origin, makeSegments(NOW, 8, made), parts);
const compare = (...holdings: Holding[]) => Object.fromEntries(compareHoldings(STATION, holdings, policy, NOW));

describe("hashes of copies", () => {
  it("that are the same speak against nobody", () => {
    for (const verdict of Object.values(compare(holds("a"), holds("b"), holds("c")))) {
      expect(verdict).toMatchObject({ oddSegments: 0, disputedSegments: 0 });
    }
  });

  it("of three condemn the odd one", () => {
    expect(compare(holds("a"), holds("b", { hash: "other" }), holds("c"))).toMatchObject({
      a: { oddSegments: 0, disputedSegments: 0 },
      b: { oddSegments: 5, disputedSegments: 0 },
      c: { oddSegments: 0, disputedSegments: 0 },
    });
  });

  it("of two, or of three that all differ, condemn nobody, and are disputed", () => {
    const disputed = { oddSegments: 0, disputedSegments: 5 };
    expect(compare(holds("a"), holds("b", { hash: "b" }))).toMatchObject({ a: disputed, b: disputed });
    const three = compare(holds("a"), holds("b", { hash: "b" }), holds("c", { hash: "c" }));
    expect(three).toMatchObject({ a: disputed, b: disputed, c: disputed });
  });

  it("of two against two are disputed", () => {
    const found = compare(holds("a"), holds("b"), holds("c", { hash: "c" }), holds("d", { hash: "c" }));
    for (const verdict of Object.values(found)) expect(verdict).toMatchObject({ oddSegments: 0, disputedSegments: 5 });
  });

  it("of another generation are another matter", () => {
    const found = compare(holds("a"), holds("b", { hash: "b", generation: 2 }), holds("c"));
    expect(found.b).toMatchObject({ oddSegments: 0, disputedSegments: 0 });
  });

  it("of one on trial count against nobody, but against itself", () => {
    const onTrial = { isAtWork: false };
    const found = compare(holds("a"), holds("b", { hash: "x" }, onTrial), holds("c", { hash: "x" }, onTrial));
    expect(found.a).toMatchObject({ oddSegments: 0, disputedSegments: 0 });
    expect(found.b).toMatchObject({ disputedSegments: 5, provenSegments: 0 });
  });

  it("are compared among the newest segments alone", () => {
    const old = makeSegments(NOW, 8).map((segment, index) =>
      index < 5 ? segment : makeSegment(segment.number, { hash: "x" }),
    );
    expect(compare(holds("a"), holding("b", old), holds("c")).b).toMatchObject({ oddSegments: 0 });
  });
});

describe("dead air", () => {
  it("is counted back from the newest segment while a peer has sound", () => {
    const [first, second, ...rest] = makeSegments(NOW, 8, { rms: -120 });
    if (!first || !second) throw new Error("eight are not fewer than two");
    const sound = rest.map(({ number }) => makeSegment(number));
    const found = compare(holding("a", [first, second, ...sound]), holds("b"));
    expect([found.a?.deadAirSegments, found.b?.deadAirSegments]).toEqual([2, 0]);
  });

  it("that all have is the programme's, not an origin's", () => {
    const silent = { rms: -110 };
    expect(compare(holds("a", silent), holds("b", silent)).a).toMatchObject({ deadAirSegments: 0 });
  });
});

describe("proof", () => {
  const onTrial = { isAtWork: false };
  const newest = makeSegments(NOW, 1)[0]?.number ?? 0;
  const provenOf = (subject: Holding, ...peers: Holding[]) =>
    compare(subject, ...peers)[subject.origin]?.provenSegments;

  it("is each segment in a row that is the same as the peers'", () => {
    expect(provenOf(holds("t", {}, onTrial), holds("a"), holds("b"))).toBe(8);
    const broken = makeSegments(NOW, 8).map((segment) =>
      segment.number === newest - 3 ? makeSegment(segment.number, { hash: "x" }) : segment,
    );
    expect(provenOf(holding("t", broken, onTrial), holds("a"))).toBe(3);
  });

  it("begins with the trial: what lies in the index from before counts for nothing", () => {
    const since = NOW - 3 * 3200 + 1;
    expect(provenOf(holds("t", {}, { ...onTrial, since }), holds("a"))).toBe(2);
  });

  it("ends where a number or a rendition is missing", () => {
    const gap = makeSegments(NOW, 8).filter(({ number }) => number !== newest - 2);
    expect(provenOf(holding("t", gap, onTrial), holds("a"))).toBe(2);
    const halves = makeSegments(NOW, 8).map((segment) =>
      segment.number === newest - 1
        ? { ...segment, renditions: { "aac-48k": segment.renditions["aac-48k"] } }
        : segment,
    );
    expect(provenOf(holding("t", halves as IndexedSegment[], onTrial), holds("a"))).toBe(1);
  });

  it("waits for the peers where the one on trial is ahead of them", () => {
    const behind = makeSegments(NOW, 8).slice(1);
    expect(provenOf(holds("t", {}, onTrial), holding("a", behind))).toBe(7);
  });

  it("is nothing when its newest segment is old, however right", () => {
    const old = makeSegments(NOW - 10_000, 8);
    expect(provenOf(holding("t", old, onTrial), holding("a", old))).toBe(0);
  });

  it("alone in the fleet is each segment with sound", () => {
    expect(provenOf(holds("t", {}, onTrial))).toBe(8);
    expect(provenOf(holds("t", { rms: -120 }, onTrial))).toBe(0);
  });

  it("takes those on trial as peers where nobody is at work", () => {
    expect(provenOf(holds("t", {}, onTrial), holds("u", {}, onTrial))).toBe(8);
    expect(provenOf(holds("t", {}, onTrial), holds("u", { hash: "x" }, onTrial))).toBe(0);
  });

  it("is not to be had while the peers at work make another generation", () => {
    expect(provenOf(holds("t", {}, onTrial), holds("a", { generation: 2 }))).toBe(0);
  });
});

describe("a segment", () => {
  it("is late when the one after it was due", () => {
    const due = Math.ceil(((newestAt(NOW) + 2) * 150 * 64) / 3);
    expect(lateMs(newestAt(NOW), 150, due)).toBe(0);
    expect(lateMs(newestAt(NOW), 150, due + 700)).toBe(700);
  });

  it("from the future is not credible", () => {
    const segments = [newestAt(NOW) + 100, newestAt(NOW), newestAt(NOW) + 2].map((number) => makeSegment(number));
    expect(credible(segments, 150, NOW).map(({ number }) => number)).toEqual([newestAt(NOW) + 2, newestAt(NOW)]);
  });

  const newestAt = (now: number) => makeSegments(now, 1)[0]?.number ?? 0;
});
