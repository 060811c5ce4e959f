import { env } from "cloudflare:test";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { piecesOf, ReelManifest } from "../../contracts/reel.ts";
import { firstFrame, PTS_MODULUS, ptsOf, SEGMENT_LENGTHS } from "../../contracts/timeline.ts";
import { cutPieces, nearestRendition } from "./reel.ts";
import { rewriteForPlace } from "./rewrite.ts";
import { adtsFrames, joined, readSegment } from "./test-reader.ts";

/** Ticks of 90 kHz by which the packager puts a PCR before its PTS. */
const PCR_LEAD = 9000;

const reels = new Map<string, Uint8Array[]>();

beforeAll(async () => {
  const fetchAsset = (name: string) => env.ASSETS.fetch(`https://assets.test/assets/reel/${name}`);
  const manifest = ReelManifest.parse(await (await fetchAsset("manifest.json")).json());
  for (const [name, { sha256, pieces }] of Object.entries(manifest.renditions)) {
    const bytes = await (await fetchAsset(`${sha256}.mpegts`)).arrayBuffer();
    reels.set(name, cutPieces(bytes, pieces));
  }
});

function piecesFor(rendition: string, number: number, framesPerSegment: number): Uint8Array[] {
  const reel = reels.get(rendition) ?? [];
  return (piecesOf(number, framesPerSegment, reel.length) ?? []).map((index) => reel[index] as Uint8Array);
}

describe("a segment of the reel, rewritten for its place", () => {
  const place = fc.record({
    number: fc.integer({ min: 1, max: 2 ** 40 }),
    framesPerSegment: fc.constantFrom(...SEGMENT_LENGTHS),
    counter: fc.nat(15),
    advance: fc.nat(15),
  });

  it("continues times and counters wherever it is put, and sounds as before", () => {
    fc.assert(
      fc.property(fc.constantFrom("aac-48k", "aac-128k"), place, (rendition, at) => {
        const pieces = piecesFor(rendition, at.number, at.framesPerSegment);
        const { tableCounters, audioCounters, pes } = readSegment(rewriteForPlace(pieces, at));
        expect(tableCounters).toEqual([at.number % 16, at.number % 16]);
        expect(audioCounters).toEqual(audioCounters.map((_, index) => (at.counter + index) % 16));
        expect(audioCounters.length % 16).toBe(at.advance);
        let frame = firstFrame(at.number, at.framesPerSegment);
        for (const { pts, pcr, audio } of pes) {
          expect(pts).toBe(ptsOf(frame));
          expect(pcr).toBe((pts - PCR_LEAD + PTS_MODULUS) % PTS_MODULUS);
          frame += adtsFrames(audio).length;
        }
        expect(frame).toBe(firstFrame(at.number + 1, at.framesPerSegment));
        const original = pieces.flatMap((piece) => readSegment(piece).pes.map(({ audio }) => audio));
        expect(joined(pes.map(({ audio }) => audio))).toEqual(joined(original));
      }),
      { numRuns: 60 },
    );
  });

  it("continues over the wrap of the 33-bit clock", () => {
    const number = Math.floor(PTS_MODULUS / (1920 * 150));
    const { pes } = readSegment(
      rewriteForPlace(piecesFor("aac-48k", number, 150), { number, framesPerSegment: 150, counter: 0, advance: 0 }),
    );
    const times = pes.map(({ pts }) => pts);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(PTS_MODULUS / 2);
    expect(times[0]).toBe(ptsOf(number * 150));
  });

  it("leaves the reel itself as it was", () => {
    const pieces = piecesFor("aac-48k", 7, 150);
    const before = joined(pieces);
    rewriteForPlace(pieces, { number: 7, framesPerSegment: 150, counter: 3, advance: 5 });
    expect(joined(pieces)).toEqual(before);
  });

  it.each([
    ["nothing", []],
    ["an odd length", [new Uint8Array(187)]],
    ["no sync byte", [new Uint8Array(188 * 4)]],
    ["tables without audio", [new Uint8Array(188 * 2).fill(0x47)]],
  ])("is refused when its pieces are none: %s", (_, pieces) => {
    expect(() => rewriteForPlace(pieces, { number: 1, framesPerSegment: 150, counter: 0, advance: 0 })).toThrow(
      RangeError,
    );
  });
});

describe("which pieces are heard under a number", () => {
  it("goes round without a break, whatever the segment length", () => {
    for (const framesPerSegment of SEGMENT_LENGTHS) {
      const heard = [41, 42, 43, 44].flatMap((number) => piecesOf(number, framesPerSegment, 12) ?? []);
      expect(heard).toEqual(heard.map((_, index) => ((heard[0] ?? 0) + index) % 12));
    }
  });

  it("is nothing for a segment length that is no whole number of pieces", () => {
    expect(piecesOf(1, 100, 12)).toBeNull();
  });
});

describe("what is played under a rendition's name", () => {
  const some = { sha256: "0".repeat(64), pieces: [188] };
  const manifest = { version: 1 as const, title: "", renditions: { "aac-48k": some, "aac-128k": some } };

  it.each([
    ["aac-128k", "aac-128k"],
    ["aac-96k", "aac-48k"],
    ["aac-320k", "aac-128k"],
    ["aac-32k", "aac-48k"],
  ])("%s is heard as %s", (asked, played) => {
    expect(nearestRendition(asked, manifest)).toBe(played);
  });

  it("is nothing where the reel is empty", () => {
    expect(nearestRendition("aac-48k", { ...manifest, renditions: {} })).toBeNull();
  });
});
