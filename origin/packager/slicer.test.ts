import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { STAMP_EVENT, Stamp } from "../../contracts/stamp.ts";
import { counterAfter } from "../../contracts/station-index.ts";
import { firstFrame, frameAt, programmeTime, rtmpTimestampOf, segmentOf } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { decodeScript, encodeAacFrame, encodeAacHeader, encodeScript, type FlvTag } from "../ingest/flv.ts";
import { AUDIO_SPECIFIC_CONFIG, MAX_FRAME_BYTES } from "./aac.ts";
import { tagsOf } from "./fixtures/programme.ts";
import { readSegment } from "./fixtures/transport-stream-reader.ts";
import { createSlicer, type SlicedSegment } from "./slicer.ts";

const LENGTH = 5;
const FIRST = segmentOf(frameAt(Date.UTC(2026, 10, 22)), LENGTH);
const clock: Clock = { now: () => programmeTime(firstFrame(FIRST, LENGTH)) + 400, monotonic: () => 0 };

function startSlicer() {
  const segments: SlicedSegment[] = [];
  const lines: string[] = [];
  const count = { lost: 0 };
  const slicer = createSlicer({
    station: "demo",
    rendition: "aac-48k",
    framesPerSegment: LENGTH,
    clock,
    log: createLog({ write: (line) => lines.push(line) }),
    onSegment: (segment) => segments.push(segment),
    onLost: () => {
      count.lost += 1;
    },
  });
  return { slicer, segments, lines, count, numbers: () => segments.map(({ number }) => number - FIRST) };
}

function slice(tags: FlvTag[]) {
  const started = startSlicer();
  for (const tag of tags) started.slicer.push(tag);
  return started;
}

/** Tags of whole segments, and of the stamp that closes the last of them. */
const programme = (count: number, options: Partial<Parameters<typeof tagsOf>[0]> = {}) =>
  tagsOf({ framesPerSegment: LENGTH, first: firstFrame(FIRST, LENGTH), frames: count * LENGTH + 1, ...options });

const isFrame = (tag: FlvTag) => tag.type === 8 && tag.payload[1] === 1;
/** The tags without the frame that is `index`-th of them all. */
function without(tags: FlvTag[], index: number): FlvTag[] {
  const lost = tags.filter(isFrame)[index];
  return tags.filter((tag) => tag !== lost);
}

function stampTag(changes: Record<string, unknown>): FlvTag {
  const stamp: Stamp = {
    rendition: "aac-48k",
    framesPerSegment: LENGTH,
    segment: FIRST,
    generation: 1,
    counter: 0,
    closes: null,
    item: null,
    next: [],
  };
  const body = JSON.stringify({ ...stamp, ...changes });
  return { type: 18, timestamp: rtmpTimestampOf(firstFrame(FIRST, LENGTH)), payload: encodeScript(STAMP_EVENT, body) };
}

describe("the slicer", () => {
  it("hands out each whole segment with what its stamps say, as soon as the next stamp has come", () => {
    const { segments, numbers } = slice(programme(3));
    expect(numbers()).toEqual([0, 1, 2]);
    expect(segments[1]).toMatchObject({
      rendition: "aac-48k",
      generation: 1,
      level: { peak: -1, rms: -((FIRST + 1) % 100) },
      item: { frame: firstFrame(FIRST, LENGTH), source: "autopilot", title: "Aurora" },
      next: [{ title: "Borealis" }],
    });
    expect(slice(programme(3).slice(0, -2)).numbers()).toEqual([0, 1]);
  });

  it("tells what is on when a segment ends: what began in it, and not what begins after it", () => {
    const began = [firstFrame(FIRST, LENGTH), firstFrame(FIRST, LENGTH) + 1, firstFrame(FIRST + 2, LENGTH)];
    const items = began.map((frame) => ({ frame, source: "show", title: `${frame}`, artist: "", frames: null }));
    const tags = programme(2).map((tag) => {
      const script = tag.type === 18 ? decodeScript(tag.payload) : null;
      if (script === null) return tag;
      const stamp = Stamp.parse(JSON.parse(script.body));
      const body = JSON.stringify({
        ...stamp,
        item: items[stamp.segment - FIRST],
        next: [items[stamp.segment - FIRST]],
      });
      return { ...tag, payload: encodeScript(STAMP_EVENT, body) };
    });
    const { segments } = slice(tags);
    expect(segments.map(({ item }) => item?.frame)).toEqual([began[1], began[1]]);
    expect(segments.map(({ next }) => next[0]?.title)).toEqual([`${began[1]}`, `${began[1]}`]);
  });

  it("packs the very frames, and counters that run on from segment to segment", () => {
    const { segments } = slice(programme(4));
    const frames = segments.flatMap(({ bytes }) => readSegment(bytes).pes.flatMap((pes) => pes.frames));
    expect(Buffer.concat(frames)).toEqual(
      Buffer.concat(
        programme(4)
          .filter(isFrame)
          .slice(0, -1)
          .map((tag) => tag.payload.subarray(2)),
      ),
    );
    for (const [index, { bytes, counter }] of segments.slice(0, -1).entries()) {
      expect(segments[index + 1]?.counter).toBe(counterAfter({ bytes: bytes.length, counter }));
    }
  });

  it("makes the same bytes whenever it joined", () => {
    const tags = programme(6);
    const whole = new Map(slice(tags).segments.map((segment) => [segment.number, segment]));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: tags.length - 1 }), (joined) => {
        const { segments } = slice(tags.slice(joined));
        for (const segment of segments) expect(segment).toEqual(whole.get(segment.number));
        expect(segments.length).toBeGreaterThanOrEqual(Math.floor((tags.length - joined) / (LENGTH + 1)) - 1);
      }),
    );
  });

  it("leaves out exactly the segments that lack a frame, and the others are the same as without the loss", () => {
    const whole = new Map(slice(programme(6)).segments.map((segment) => [segment.number, segment.sha256]));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 * LENGTH - 1 }), (lost) => {
        const { segments, numbers, lines, count } = slice(without(programme(6), lost));
        expect(count.lost).toBe(1);
        expect(numbers()).toEqual([0, 1, 2, 3, 4, 5].filter((number) => number !== Math.floor(lost / LENGTH)));
        for (const { number, sha256 } of segments) expect(sha256).toBe(whole.get(number));
        if (lost % LENGTH < LENGTH - 1) expect(lines[0]).toContain("1 frames are missing");
      }),
    );
  });

  it("ignores what comes twice", () => {
    const twice = programme(3).flatMap((tag) => [tag, tag]);
    expect(slice(twice).segments).toEqual(slice(programme(3)).segments);
    expect(slice([...programme(3), ...programme(3)]).numbers()).toEqual([0, 1, 2]);
  });

  it("loses the open segment, but not the complete one, when the stream breaks off", () => {
    const { slicer, numbers } = startSlicer();
    const tags = programme(5);
    const untilEndOf = (segment: number) => tags.indexOf(tags.filter(isFrame)[segment * LENGTH + 4] as FlvTag) + 1;
    for (const tag of tags.slice(0, untilEndOf(1))) slicer.push(tag);
    slicer.reset();
    for (const tag of tags.slice(untilEndOf(1), untilEndOf(2) - 2)) slicer.push(tag);
    slicer.reset();
    for (const tag of tags.slice(untilEndOf(2))) slicer.push(tag);
    expect(numbers()).toEqual([0, 1, 3, 4]);
  });

  it("does not mix two makings of one segment", () => {
    const earlier = programme(1, { seed: 1 }).slice(0, 4);
    const { segments } = slice([...earlier, ...programme(1, { seed: 2 })]);
    expect(segments).toEqual(slice(programme(1, { seed: 2 })).segments);
  });

  it("starts anew under a higher generation and then ignores a lower one", () => {
    const older = programme(2, { generation: 1, seed: 1 });
    const newer = programme(4, { generation: 2, seed: 2 });
    const { segments, numbers } = slice([...older.slice(0, -3), ...newer, ...programme(9, { generation: 1, seed: 1 })]);
    expect(numbers()).toEqual([0, 0, 1, 2, 3]);
    expect(segments.map(({ generation }) => generation)).toEqual([1, 2, 2, 2, 2]);
    expect(segments.slice(1)).toEqual(slice(newer).segments);
  });

  it("hands nothing out whose level the studio does not know", () => {
    const tags = [...programme(1).slice(0, -2), stampTag({ segment: FIRST + 1, closes: null })];
    expect(slice(tags).numbers()).toEqual([]);
  });

  it.each([
    ["not JSON", { type: 18, timestamp: 0, payload: encodeScript(STAMP_EVENT, "{") }],
    ["of the wrong form", stampTag({ counter: 16, segment: FIRST + 1 })],
    ["of another rendition", stampTag({ rendition: "aac-128k", segment: FIRST + 1 })],
    ["of another segment length", stampTag({ framesPerSegment: 150, segment: FIRST + 1 })],
  ] as [string, FlvTag][])("ignores a stamp that is %s, and says so once", (_, bad) => {
    const { numbers, lines } = slice(programme(3).flatMap((tag) => [bad, tag]));
    expect(numbers()).toEqual([0, 1, 2]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("is ignored");
  });

  it("ignores other script data, video and empty messages", () => {
    const others: FlvTag[] = [
      { type: 18, timestamp: 0, payload: encodeScript("onMetaData", "{}") },
      { type: 18, timestamp: 0, payload: Buffer.alloc(0) },
      { type: 9, timestamp: 0, payload: Buffer.from([0x17, 1, 2, 3]) },
      { type: 8, timestamp: 0, payload: Buffer.from([0xaf, 0]) },
    ];
    const { numbers, lines } = slice(programme(2).flatMap((tag) => [...others, tag]));
    expect(numbers()).toEqual([0, 1]);
    expect(lines).toEqual([]);
  });

  it("makes no segment of audio that is not ours, until ours comes back", () => {
    const foreign: FlvTag = { type: 8, timestamp: 0, payload: encodeAacHeader(Buffer.from([0x12, 0x10])) };
    const ours: FlvTag = { type: 8, timestamp: 0, payload: encodeAacHeader(AUDIO_SPECIFIC_CONFIG) };
    const tags = programme(3);
    const fifth = tags.indexOf(tags.filter(isFrame)[LENGTH] as FlvTag);
    const { numbers } = slice([
      ...tags.slice(0, fifth),
      foreign,
      ...tags.slice(fifth, fifth + 1),
      ours,
      ...tags.slice(fifth + 1),
    ]);
    expect(numbers()).toEqual([0, 2]);
  });

  it("drops a segment with a frame larger than AAC allows", () => {
    const tags = programme(3);
    const seventh = tags.filter(isFrame)[6];
    const { numbers } = slice(
      tags.map((tag) =>
        tag === seventh ? { ...tag, payload: encodeAacFrame(Buffer.alloc(MAX_FRAME_BYTES + 1)) } : tag,
      ),
    );
    expect(numbers()).toEqual([0, 2]);
  });

  it("recovers frame numbers across the wrap of the RTMP timestamp", () => {
    const wrapMs = 2 ** 31 * 830;
    const first = firstFrame(segmentOf(frameAt(wrapMs), LENGTH) - 2, LENGTH);
    vi.spyOn(clock, "now").mockReturnValue(wrapMs - 20);
    const { segments } = slice(programme(5, { first }));
    vi.restoreAllMocks();
    expect(segments.map(({ number }) => number - segmentOf(first, LENGTH))).toEqual([0, 1, 2, 3, 4]);
  });
});
