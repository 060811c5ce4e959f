import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { amf } from "./fixtures/rtmp-bytes.ts";
import { encodeAacFrame, encodeAacHeader, type FlvTag } from "./flv.ts";
import { type FeedSource, openFeed } from "./live-feed.ts";

const header: FlvTag = { type: 8, timestamp: 0, payload: encodeAacHeader(Buffer.from([0x11, 0x90])) };
const frame = (timestamp: number): FlvTag => ({ type: 8, timestamp, payload: encodeAacFrame(Buffer.from([1])) });

describe("a live feed", () => {
  let now = 0;
  let source: FeedSource;
  beforeEach(() => {
    vi.useFakeTimers();
    now = 0;
    const clock = { now: () => now, monotonic: () => now };
    source = openFeed({ station: "demo", key: { id: "1", name: "Anna" }, remote: "192.0.2.1:5", clock });
  });
  afterEach(() => vi.useRealTimers());

  const pass = async (ms: number) => {
    now += ms;
    await vi.advanceTimersByTimeAsync(ms);
  };
  const collect = () => {
    const tags: FlvTag[] = [];
    return { tags, stop: source.feed.onTag((tag) => tags.push(tag)) };
  };

  it("gives each listener the newest AAC header first, then what comes", () => {
    source.push(header);
    source.push(frame(21));
    const late = collect();
    source.push(frame(43));
    expect(late.tags).toEqual([header, frame(43)]);
    late.stop();
    source.push(frame(64));
    expect(late.tags).toHaveLength(2);
  });

  it("passes on what the host says of the stream, when it changes, and to those who come later", () => {
    const metadata = (title: string): FlvTag => ({ type: 18, timestamp: 0, payload: amf("onMetaData", { title }) });
    const { tags } = collect();
    const { payload } = metadata("Tide");
    source.push({ type: 18, timestamp: 0, payload: Buffer.concat([amf("@setDataFrame"), payload]) });
    source.push(header);
    source.push(metadata("Tide"));
    source.push(metadata("Train"));
    expect(tags).toEqual([metadata("Tide"), header, metadata("Train")]);
    expect(collect().tags).toEqual([metadata("Train"), header]);
  });

  it("passes on nothing else", () => {
    const { tags } = collect();
    source.push({ type: 9, timestamp: 0, payload: Buffer.from([0x17, 1]) });
    source.push({ type: 18, timestamp: 0, payload: amf("onCuePoint", "x") });
    source.push({ type: 8, timestamp: 0, payload: Buffer.from([0xaf, 0]) });
    expect(tags).toEqual([]);
  });

  it("ends when no frame came for three seconds, headers and words or not", async () => {
    const reason = vi.fn();
    void source.feed.ended.then(reason);
    await pass(2000);
    source.push(frame(0));
    await pass(2000);
    source.push(header);
    source.push({ type: 18, timestamp: 0, payload: amf("onMetaData", { title: "Tide" }) });
    await pass(999);
    expect(reason).not.toHaveBeenCalled();
    expect(source.silentFor()).toBe(2999);
    await pass(1);
    expect(reason).toHaveBeenCalledWith("no audio for 3 s");
  });

  it("ends once, for the first reason, and is silent from then on", async () => {
    const { tags } = collect();
    source.feed.close("stopped");
    source.feed.close("again");
    source.push(frame(0));
    expect(await source.feed.ended).toBe("stopped");
    expect(tags).toEqual([]);
    expect(source.isOpen()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});
