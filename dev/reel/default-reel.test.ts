import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFAULT_RENDITIONS } from "../../contracts/names.ts";
import { ReelManifest } from "../../contracts/reel.ts";
import { counterAfter } from "../../contracts/station-index.ts";
import { firstFrame, ptsOf } from "../../contracts/timeline.ts";
import { musicFrames, runFfmpeg } from "../../origin/packager/fixtures/music.ts";
import { readSegment } from "../../origin/packager/fixtures/transport-stream-reader.ts";
import { packSegment } from "../../origin/packager/transport-stream.ts";
import { cutPieces, type Reel, segmentOfReel } from "../../worker/reel/reel.ts";

const FOLDER = join(import.meta.dirname, "../../worker/reel/default");
const manifest = ReelManifest.parse(JSON.parse(readFileSync(join(FOLDER, "manifest.json"), "utf8")));

function objectOf(rendition: string): Buffer<ArrayBuffer> {
  return readFileSync(join(FOLDER, `${manifest.renditions[rendition]?.sha256}.mpegts`));
}

function reelOf(rendition: string): Reel {
  const object = objectOf(rendition);
  const bytes = object.buffer.slice(object.byteOffset, object.byteOffset + object.length);
  return { title: "", pieces: cutPieces(bytes, manifest.renditions[rendition]?.pieces ?? []) };
}

describe("the default reel", () => {
  it("is small enough to ride in the Worker's assets", () => {
    const sizes = readdirSync(FOLDER).map((name) => statSync(join(FOLDER, name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(600_000);
  });

  it("has the renditions of a new station, each named by its hash", () => {
    expect(Object.keys(manifest.renditions)).toEqual(DEFAULT_RENDITIONS);
    for (const rendition of DEFAULT_RENDITIONS) {
      const sha256 = createHash("sha256").update(objectOf(rendition)).digest("hex");
      expect(sha256).toBe(manifest.renditions[rendition]?.sha256);
    }
  });
});

describe("the reel between two stretches of the programme", () => {
  const NUMBER = 558_000_000;

  it("is one unbroken stream with them, to our strict reader and to ffmpeg", async () => {
    const frames = await musicFrames(13, 48);
    const pack = (segment: number, counter: number, from: number) =>
      packSegment({ segment, framesPerSegment: 150, counter, frames: frames.slice(from, from + 150) });
    const before = pack(NUMBER, 9, 0);
    const counter = counterAfter({ counter: 9, bytes: before.length });
    const reel = [1, 2, 3].map((step) =>
      Buffer.from(
        segmentOfReel(reelOf("aac-48k"), { number: NUMBER + step, framesPerSegment: 150, counter, advance: 0 }),
      ),
    );
    const after = pack(NUMBER + 4, counter, 150);
    const stream = [before, ...reel, after];

    const counters = stream.flatMap((bytes) => readSegment(bytes).counters.audio);
    expect(counters).toEqual(counters.map((_, index) => (9 + index) % 16));
    const times = stream.map((bytes) => readSegment(bytes).pes[0]?.pts);
    expect(times).toEqual([0, 1, 2, 3, 4].map((step) => ptsOf(firstFrame(NUMBER + step, 150))));
    const samples = await runFfmpeg(
      "ffmpeg",
      ["-f", "mpegts", "-i", "pipe:0", "-f", "s16le", "pipe:1"],
      Buffer.concat(stream),
    );
    expect(samples.length).toBe(5 * 150 * 1024 * 4);
  });

  it("costs the edge far less than ten milliseconds of CPU a segment", () => {
    const reel = reelOf("aac-128k");
    const began = process.cpuUsage();
    for (let number = 0; number < 50; number += 1) {
      segmentOfReel(reel, { number, framesPerSegment: 375, counter: 0, advance: 7 });
    }
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000 / 50).toBeLessThan(5);
  });
});
