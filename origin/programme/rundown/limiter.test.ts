import { afterAll, describe, expect, it } from "vitest";
import { decodeFile } from "../decoder.ts";
import { samplesOf } from "../pcm-ring.ts";
import { dropFolder, newFolder } from "../test-rig.ts";
import { limiterFor } from "./limiter.ts";
import { fileOf, prepareTrack } from "./test-tracks.ts";

const folder = newFolder();
afterAll(() => dropFolder(folder));

describe("the limiter", () => {
  it("is there only where the gain lifts peaks above -1 dBTP", () => {
    expect(limiterFor(1, { integrated: -16, truePeak: -1 })).toBeNull();
    expect(limiterFor(10, { integrated: -36, truePeak: -21 })).toBeNull();
    expect(limiterFor(2, { integrated: -22, truePeak: -1 })).toContain("limit=0.445625");
  });

  it("pushes peaks down, and leaves every sample in its place, also from the middle of a file on", async () => {
    const source = "aevalsrc=(0.04+0.7*between(t\\,1\\,1.01))*sin(2*PI*440*t)";
    const track = prepareTrack(folder, "Peak", source, 3);
    const decode = async (offset: number, filter: string | null) => {
      const decoder = decodeFile(fileOf(folder, track), offset, { filter });
      const chunks: Buffer[] = [];
      for await (const chunk of decoder.pcm) chunks.push(chunk);
      return samplesOf(Buffer.concat(chunks));
    };
    const highest = (samples: Int16Array) => samples.reduce((most, sample) => Math.max(most, sample), 0);
    const limiter = limiterFor(8, { integrated: -28, truePeak: -5.6 });
    for (const offset of [0, 47_000]) {
      const [plain, limited] = [await decode(offset, null), await decode(offset, limiter)];
      expect(limited.length).toBe(plain.length);
      expect(highest(plain)).toBeGreaterThan(15_000);
      expect(highest(limited) * 8).toBeLessThanOrEqual(32_767 * 0.9);
      const early = Math.max(0, 2 * 47_000 - 2 * offset);
      const late = 2 * (2 * 48_000 - offset);
      expect(limited.subarray(late, late + 4000)).toEqual(plain.subarray(late, late + 4000));
      expect(limited.subarray(0, early)).toEqual(plain.subarray(0, early));
    }
  });
});
