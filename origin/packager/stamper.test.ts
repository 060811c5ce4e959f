import { describe, expect, it } from "vitest";
import { STAMP_EVENT, Stamp } from "../../contracts/stamp.ts";
import { audioPackets } from "../../contracts/station-index.ts";
import { firstFrame, rtmpTimestampOf } from "../../contracts/timeline.ts";
import { decodeScript, encodeAacHeader, type FlvTag, parseAacMessage } from "../ingest/flv.ts";
import { AUDIO_SPECIFIC_CONFIG } from "./aac.ts";
import { fakeFrame, tagPublisher } from "./fixtures/programme.ts";
import { createStamper, type StamperOptions } from "./stamper.ts";
import { packSegment } from "./transport-stream.ts";

const LENGTH = 4;

function start(options: Partial<StamperOptions> = {}) {
  const tags: FlvTag[] = [];
  const stamper = createStamper({
    rendition: "aac-48k",
    framesPerSegment: LENGTH,
    generation: 3,
    counter: 9,
    levelOf: (segment) => ({ peak: -1, rms: -segment }),
    itemAt: (frame) => ({ frame, source: "autopilot", title: "Aurora", artist: "", frames: 100 }),
    next: () => [],
    publisher: tagPublisher((tag) => tags.push(tag)),
    ...options,
  });
  const publish = (from: number, to: number) => {
    for (let frame = from; frame < to; frame++) stamper.frame(frame, fakeFrame(frame));
  };
  const stamps = () =>
    tags.flatMap((tag) => {
      const script = tag.type === 18 ? decodeScript(tag.payload) : null;
      return script?.event === STAMP_EVENT ? [Stamp.parse(JSON.parse(script.body))] : [];
    });
  return { stamper, tags, publish, stamps };
}

const kinds = (tags: FlvTag[]) =>
  tags.map((tag) => (tag.type === 18 ? "stamp" : (parseAacMessage(tag.payload)?.kind ?? "other")));

describe("the stamper", () => {
  it("sends the header once, then each frame, and a stamp before the first of each segment", () => {
    const { tags, publish } = start();
    publish(40, 45);
    expect(kinds(tags)).toEqual(["header", "stamp", "frame", "frame", "frame", "frame", "stamp", "frame"]);
    expect(tags[0]?.payload).toEqual(encodeAacHeader(AUDIO_SPECIFIC_CONFIG));
    expect(tags.map((tag) => tag.timestamp)).toEqual([40, 40, 40, 41, 42, 43, 44, 44].map(rtmpTimestampOf));
  });

  it("sends the header again when asked", () => {
    const { stamper, tags, publish } = start();
    publish(41, 42);
    stamper.repeatHeader();
    publish(42, 44);
    expect(kinds(tags)).toEqual(["header", "frame", "header", "frame", "frame"]);
  });

  it("says in each stamp what begins, and how loud the segment was that ends", () => {
    const { publish, stamps } = start();
    publish(40, 45);
    expect(stamps()).toEqual([
      {
        rendition: "aac-48k",
        framesPerSegment: LENGTH,
        segment: 10,
        generation: 3,
        counter: 9,
        closes: null,
        item: { frame: 40, source: "autopilot", title: "Aurora", artist: "", frames: 100 },
        next: [],
      },
      expect.objectContaining({ segment: 11, closes: { peak: -1, rms: -10 } }),
    ]);
  });

  it("continues the counter by the packets that the segment took", () => {
    const { publish, stamps } = start();
    publish(40, 49);
    let counter = 9;
    for (const stamp of stamps()) {
      expect(stamp.counter).toBe(counter);
      const frames = [0, 1, 2, 3].map((offset) => fakeFrame(firstFrame(stamp.segment, LENGTH) + offset));
      const bytes = packSegment({ segment: stamp.segment, framesPerSegment: LENGTH, counter, frames });
      counter = (counter + audioPackets(bytes.length)) % 16;
    }
  });

  it("starts in the middle of a segment with frames alone; the counter it was given is for the first stamp", () => {
    const { tags, publish, stamps } = start();
    publish(42, 45);
    expect(kinds(tags)).toEqual(["header", "frame", "frame", "stamp", "frame"]);
    expect(stamps()[0]).toMatchObject({ segment: 11, counter: 9, closes: null });
  });

  it("neither closes nor counts a segment that lacks a frame", () => {
    const { publish, stamps } = start();
    publish(40, 42);
    publish(43, 45);
    expect(stamps()[1]).toMatchObject({ segment: 11, counter: 9, closes: null });
  });

  it("gives up a title or a level that breaks the contract, never the stamp", () => {
    const item = { source: "relay" as const, title: "x".repeat(301), artist: "", frames: null };
    const { publish, stamps } = start({
      itemAt: (frame) => ({ ...item, frame }),
      next: () => [item],
      levelOf: () => ({ peak: Number.NaN, rms: -3 }),
    });
    publish(40, 45);
    expect(stamps()[1]).toMatchObject({ segment: 11, item: null, next: [], closes: null });
  });
});
