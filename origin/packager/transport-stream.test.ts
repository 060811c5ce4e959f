import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { audioPackets } from "../../contracts/station-index.ts";
import { frameAt, PTS_MODULUS, ptsOf, segmentOf } from "../../contracts/timeline.ts";
import { MAX_FRAME_BYTES } from "./aac.ts";
import { encodeMusic, runFfmpeg } from "./fixtures/music.ts";
import { readSegment, splitAdts } from "./fixtures/transport-stream-reader.ts";
import { countAudioPackets, packSegment } from "./transport-stream.ts";

const frames = fc
  .array(fc.integer({ min: 1, max: MAX_FRAME_BYTES }), { minLength: 1, maxLength: 80, size: "max" })
  .map((sizes) => sizes.map((size, index) => Buffer.alloc(size, index)));
const counter = fc.integer({ min: 0, max: 15 });
const segments = fc.integer({ min: 0, max: segmentOf(frameAt(Date.UTC(2100, 0, 1)), 1) });

function pack(segment: number, counter: number, frames: Buffer[]): Buffer {
  return packSegment({ segment, framesPerSegment: frames.length, counter, frames });
}

describe("a segment", () => {
  it("is these very bytes, today and in ten years", () => {
    const bytes = pack(7, 14, [Buffer.from("211004608c1c", "hex"), Buffer.alloc(170, 0xaa)]);
    const stuffing = (count: number) => "ff".repeat(count);
    expect(bytes.toString("hex")).toBe(
      [
        `47400017 00 00b00d 0001 c10000 0001f000 2ab104b2${stuffing(167)}`,
        `47500017 00 02b012 0001 c10000 e100 f000 0fe100f000 b69bc0d9${stuffing(162)}`,
        `4741003e 07 50 000022ec7e00 000001c0 00c6 84 80 05 210001d201`,
        `fff14c8001bffc 211004608c1c fff14c80163ffc ${"aa".repeat(142)}`,
        `4701003f 9b 00${stuffing(154)}${"aa".repeat(28)}`,
      ]
        .join("")
        .replaceAll(" ", ""),
    );
  });

  it("gives back the very frames, in whole packets", () => {
    fc.assert(
      fc.property(segments, counter, frames, (segment, counter, frames) => {
        const read = readSegment(pack(segment, counter, frames));
        expect(Buffer.concat(read.pes.flatMap((pes) => pes.frames))).toEqual(Buffer.concat(frames));
        expect(read.pes.flatMap((pes) => pes.frames.map((each) => each.length))).toEqual(
          frames.map((each) => each.length),
        );
      }),
    );
  });

  it("counts its audio packets on from its stamp and its tables by its number", () => {
    fc.assert(
      fc.property(segments, counter, frames, (segment, counter, frames) => {
        const bytes = pack(segment, counter, frames);
        const { counters } = readSegment(bytes);
        expect(counters.pat).toEqual([segment % 16]);
        expect(counters.pmt).toEqual([segment % 16]);
        expect(counters.audio).toEqual(counters.audio.map((_, index) => (counter + index) % 16));
        expect(counters.audio).toHaveLength(audioPackets(bytes.length));
      }),
    );
  });

  it("takes as many audio packets as can be told from its frame sizes", () => {
    fc.assert(
      fc.property(frames, (frames) => {
        const expected = audioPackets(pack(0, 0, frames).length);
        expect(countAudioPackets(frames.map((each) => each.length))).toBe(expected);
      }),
    );
  });

  it("carries in each PES the PTS of its first frame, a PCR 0.1 s before it, and a random access point", () => {
    fc.assert(
      fc.property(segments, frames, (segment, frames) => {
        const { pes, audioPid, pcrPid } = readSegment(pack(segment, 0, frames));
        let first = segment * frames.length;
        for (const { pts, pcr, randomAccess, frames } of pes) {
          expect(pts).toBe(ptsOf(first));
          expect(pcr).toBe((pts - 9000 + PTS_MODULUS) % PTS_MODULUS);
          expect(randomAccess).toBe(true);
          first += frames.length;
        }
        expect(pcrPid).toBe(audioPid);
      }),
    );
  });

  it("goes on across the wrap of the 33-bit PTS, and of the PCR before it", () => {
    const wraps = Array.from({ length: 150 }, (_, times) => Math.ceil(((9000 + times) * PTS_MODULUS) / 1920));
    const wrap = wraps.find((frame) => Math.abs((frame % 150) - 75) < 10) ?? 0;
    const frames = Array.from({ length: 150 }, () => Buffer.alloc(128, 1));
    const { pes } = readSegment(pack(segmentOf(wrap, 150), 0, frames));
    const steps = pes.slice(1).map(({ pts }, index) => (pts - (pes[index]?.pts ?? 0) + PTS_MODULUS) % PTS_MODULUS);
    expect(pes.some(({ pts }, index) => pts < (pes[index - 1]?.pts ?? 0))).toBe(true);
    expect(steps).toEqual(pes.slice(0, -1).map((each) => each.frames.length * 1920));
  });

  it("has a PTS at least every 0.7 s, as ISO 13818-1, 2.7.4 demands", () => {
    fc.assert(
      fc.property(frames, (frames) => {
        for (const pes of readSegment(pack(0, 0, frames)).pes)
          expect(pes.frames.length * 1920).toBeLessThan(0.7 * 90_000);
      }),
    );
  });

  it("is refused when a frame is missing or larger than AAC allows", () => {
    expect(() => packSegment({ segment: 1, framesPerSegment: 2, counter: 0, frames: [Buffer.alloc(9)] })).toThrow(
      RangeError,
    );
    expect(() => pack(1, 0, [Buffer.alloc(MAX_FRAME_BYTES + 1)])).toThrow(RangeError);
  });
});

describe.each([
  { kilobits: 48, framesPerSegment: 150, overhead: 0.115 },
  { kilobits: 128, framesPerSegment: 150, overhead: 0.06 },
])("music at $kilobits kbit/s in segments of $framesPerSegment frames", ({ kilobits, framesPerSegment, overhead }) => {
  let adts: Buffer;
  let frames: Buffer[];
  let stream: Buffer[];

  beforeAll(async () => {
    adts = await encodeMusic(16, kilobits);
    frames = splitAdts(adts).slice(0, 5 * framesPerSegment);
    const first = segmentOf(frameAt(Date.UTC(2026, 10, 22)), framesPerSegment);
    let counter = 0;
    stream = Array.from({ length: 5 }, (_, index) => {
      const own = frames.slice(index * framesPerSegment, (index + 1) * framesPerSegment);
      const bytes = packSegment({ segment: first + index, framesPerSegment, counter, frames: own });
      counter = (counter + audioPackets(bytes.length)) % 16;
      return bytes;
    });
  });

  it("costs at most the overhead we promise over the raw AAC", () => {
    const sum = (buffers: Buffer[]) => buffers.reduce((bytes, each) => bytes + each.length, 0);
    expect(sum(stream) / sum(frames) - 1).toBeLessThan(overhead);
  });

  it("reads in ffprobe as one stream of packets 1920 ticks apart", async () => {
    const shown = ["-f", "mpegts", "-show_entries", "packet=pts,size", "-of", "json", "pipe:0"];
    const { packets }: { packets: { pts: number; size: string }[] } = JSON.parse(
      String(await runFfmpeg("ffprobe", shown, Buffer.concat(stream))),
    );
    expect(packets.map(({ size }) => Number(size))).toEqual(frames.map((each) => each.length + 7));
    const steps = packets.slice(1).map(({ pts }, index) => pts - (packets[index]?.pts ?? 0));
    expect(new Set(steps)).toEqual(new Set([1920]));
  });

  it("decodes to the same sound as the encoder's own output, without a complaint", async () => {
    const decode = (format: string, bytes: Buffer) =>
      runFfmpeg("ffmpeg", ["-f", format, "-i", "pipe:0", "-f", "s16le", "pipe:1"], bytes);
    const bytesOfFrames = frames.reduce((sum, each) => sum + each.length + 7, 0);
    const original = await decode("aac", adts.subarray(0, bytesOfFrames));
    const ours = await decode("mpegts", Buffer.concat(stream));
    expect(ours.length).toBe(frames.length * 1024 * 4);
    expect(ours.equals(original)).toBe(true);
  });
});
