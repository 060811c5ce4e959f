import fc from "fast-check";
import { expect, it } from "vitest";
import { adtsHeader } from "../packager/aac.ts";
import { AdtsSplitter } from "./adts.ts";

const FRAMES = [3, 400, 1, 900].map((length, i) => Buffer.alloc(length, i + 1));
const STREAM = Buffer.concat(FRAMES.flatMap((frame) => [adtsHeader(frame.length), frame]));

function split(chunks: readonly Buffer[]): Buffer[] {
  const frames: Buffer[] = [];
  const splitter = new AdtsSplitter((data) => frames.push(Buffer.from(data)));
  for (const chunk of chunks) splitter.push(chunk);
  return frames;
}

it("gives the access units without their headers, however the bytes were cut", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length })), (cuts) => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
      const chunks = edges.slice(1).map((edge, i) => STREAM.subarray(edges[i], edge));
      expect(split(chunks)).toEqual(FRAMES);
    }),
  );
});

it("skips what is not ADTS", () => {
  expect(split([Buffer.from([0, 1, 2, 0xff, 0x00]), STREAM])).toEqual(FRAMES);
});
