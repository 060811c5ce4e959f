import { describe, expect, it } from "vitest";
import { deepFacts, nodeFacts, stationFacts } from "./fixtures/facts.ts";
import { causeOutside, type NodeFacts, type StationFacts, type Trouble, troublesOf } from "./trouble.ts";

const elsewhere = { studio: { origin: "origin-2" }, mixedBehindMs: null };
const stale = { publishedMs: 8000 };

describe("A node in which nothing is wrong", () => {
  it.each<[string, Partial<NodeFacts>]>([
    ["has no trouble", {}],
    ["need not know a memory limit", { memory: { usedBytes: 2 ** 40, limitBytes: null } }],
    ["need not know how many descriptors it may open", { descriptors: { used: 5000, limit: null } }],
    ["need not have been told the time", { clockOffsetMs: null }],
    ["may be half a second off", { clockOffsetMs: -900 }],
  ])("%s", (_, parts) => {
    expect(troublesOf(nodeFacts(parts))).toEqual([]);
  });
});

describe("A station whose playlist is fresh or not yet due", () => {
  it.each<[string, Partial<StationFacts>]>([
    ["is well though frames have just stopped", { frameMs: 4000 }],
    ["has time for work beyond one segment", { publishedMs: 7000 }],
    ["is given time for its first segment", { ...stale, publishedMs: null, slicedMs: null, settledMs: 15_000 }],
    ["is given time after the studio has moved", { ...stale, settledMs: 3000 }],
    ["is not expected to publish while nobody is its studio", { studio: null, publishedMs: null, frameMs: null }],
    ["of long segments may be older", { framesPerSegment: 375, publishedMs: 11_500 }],
  ])("%s", (_, parts) => {
    expect(troublesOf(nodeFacts({ stations: [stationFacts(parts)] }))).toEqual([]);
  });
});

describe("The part at fault where a playlist is stale", () => {
  it.each<[string, Partial<StationFacts>, string, RegExp]>([
    ["is the programme when nothing is mixed", { mixedBehindMs: 5000, frameMs: 5000 }, "programme", /nothing is mixed/],
    ["is the programme when what is mixed is not encoded", { frameMs: 5000 }, "programme", /not encoded/],
    [
      "is not the programme while it catches up",
      { mixedBehindMs: 20_000, slicedMs: 20_000 },
      "slicer",
      /no segment is cut/,
    ],
    ["is the slicer when frames arrive and no segment is cut", { slicedMs: 9000 }, "slicer", /no segment is cut/],
    ["is the slicer when the programme does not arrive", { ...elsewhere, frameMs: 5000 }, "slicer", /from origin-2/],
    ["is the uploader when segments are cut, but not published", {}, "uploader", /not published/],
    ["is the uploader, too, when none was ever published", { publishedMs: null }, "uploader", /not published/],
  ])("%s", (_, parts, part, detail) => {
    const troubles = troublesOf(nodeFacts({ stations: [stationFacts({ ...stale, ...parts })] }));
    expect(troubles).toEqual([{ about: "part", what: part, station: "demo", detail: expect.stringMatching(detail) }]);
  });

  it("is the ingest when the RTMP port takes no connection", () => {
    expect(troublesOf(nodeFacts({ rtmpAccepts: false }))).toMatchObject([{ about: "part", what: "ingest" }]);
  });
});

describe("A resource that is short", () => {
  it.each<[string, Partial<NodeFacts>]>([
    ["descriptors", { descriptors: { used: 1014, limit: 1024 } }],
    ["memory", { memory: { usedBytes: 127 << 20, limitBytes: 128 << 20 } }],
    ["disk", { disk: { problem: "EROFS", freeBytes: 2 ** 33 } }],
    ["disk", { disk: { problem: null, freeBytes: 4096 } }],
    ["clock", { clockOffsetMs: 1500 }],
  ])("is a trouble though the playlist is fresh: %s", (what, parts) => {
    expect(troublesOf(nodeFacts(parts))).toMatchObject([{ about: "resource", what }]);
  });

  it("comes before the parts that fail for want of it", () => {
    const troubles = troublesOf(nodeFacts({ clockOffsetMs: 9000, stations: [stationFacts(stale)] }));
    expect(troubles.map(({ what }) => what)).toEqual(["clock", "uploader"]);
  });
});

describe("A node without file descriptors", () => {
  it("believes no other look, since each needs one", () => {
    const exhausted = { used: 80, limit: 80 };
    const facts = nodeFacts({
      descriptors: exhausted,
      rtmpAccepts: false,
      disk: { problem: "EMFILE", freeBytes: null },
    });
    expect(troublesOf(facts).map(({ what }) => what)).toEqual(["descriptors"]);
  });
});

describe("A trouble", () => {
  const of = (station: Partial<StationFacts>, deep: Parameters<typeof deepFacts>[0]) => {
    const facts = nodeFacts({ stations: [stationFacts({ ...stale, ...station })], deep: deepFacts(deep) });
    return causeOutside(troublesOf(facts)[0] as Trouble, facts);
  };

  it.each<[string, string | null, string | null]>([
    ["is the edge's when one's own index cannot be read", of({}, { edge: new Map([["demo", "503"]]) }), "503"],
    [
      "is the edge's when it takes no uploads",
      of({ uploadError: "the edge answered 500" }, {}),
      "the edge answered 500",
    ],
    [
      "is the studio's when the programme cannot be pulled",
      of({ ...elsewhere, frameMs: 9000 }, { source: new Map([["demo", "ECONNREFUSED"]]) }),
      "ECONNREFUSED",
    ],
    [
      "is the node's when others find nothing wrong",
      of({ ...elsewhere, frameMs: 9000 }, { source: new Map([["demo", null]]) }),
      null,
    ],
    ["of the programme made here is the node's", of({ frameMs: 9000 }, { edge: new Map([["demo", "503"]]) }), null],
  ])("%s", (_, cause, expected) => {
    expect(cause).toBe(expected);
  });

  it("of the clock is not the node's when the edge finds it right", () => {
    const facts = nodeFacts({ clockOffsetMs: 300_000, deep: deepFacts({ clockOffsetMs: 0 }) });
    expect(causeOutside(troublesOf(facts)[0] as Trouble, facts)).toMatch(/do not agree/);
    const alone = { ...facts, deep: deepFacts({ clockOffsetMs: null }) };
    expect(causeOutside(troublesOf(alone)[0] as Trouble, alone)).toBeNull();
  });
});
