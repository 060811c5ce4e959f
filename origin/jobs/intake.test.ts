import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_PREPARED_BYTES } from "../../contracts/jobs.ts";
import { Preparation } from "../../contracts/media.ts";
import { SAMPLE_RATE } from "../../contracts/timeline.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { findFfmpeg } from "../process/ffmpeg.ts";
import { type IntakeFile, makeIntake } from "./fixtures/intake.ts";
import { loudnessOnAir } from "./fixtures/on-air.ts";
import { MAX_CHILD_MEMORY } from "./limits.ts";
import { FileRejectedError } from "./outcome.ts";
import { type Prepared, prepareFile } from "./prepare-file.ts";
import type { Workbench } from "./workbench.ts";

/** `LONG=1` takes in more than 200 files, three hours of sound among them; without it, one of each kind. */
const ALL = process.env.LONG === "1";
const AT_ONCE = 2;
const TARGET = -16;
const WITHIN_MS = ALL ? 900_000 : 120_000;

const workbench: Workbench = {
  ...findFfmpeg(process.env),
  limits: { memory: MAX_CHILD_MEMORY, fileBytes: MAX_PREPARED_BYTES },
  clock: systemClock,
  signal: new AbortController().signal,
};
const log = createLog({ level: "warn" });

type Outcome = { file: IntakeFile; ms: number } & (
  | { prepared: Prepared["preparation"]; hasCover: boolean; path: string }
  | { rejected: unknown }
);
let folder: string;
const outcomes: Outcome[] = [];
let highestMemory = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "intake-"));
  const files = await makeIntake(workbench.ffmpeg, folder, ALL);
  const before = process.memoryUsage().rss;
  const waiting = files.values();
  const work = async () => {
    for (const file of waiting) {
      outcomes.push(await takeIn(file));
      highestMemory = Math.max(highestMemory, process.memoryUsage().rss - before);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}, WITHIN_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function takeIn(file: IntakeFile): Promise<Outcome> {
  const startedAt = performance.now();
  const workplace = await mkdtemp(join(folder, "work-"));
  const took = () => ({ file, ms: performance.now() - startedAt });
  try {
    const source = { path: join(folder, file.name), name: file.name };
    const { preparation, path, cover } = await prepareFile(source, workplace, workbench, () => {}, log);
    const kept = join(folder, `${file.name}.prepared.flac`);
    await rename(path, kept);
    return { ...took(), prepared: preparation, hasCover: cover !== null, path: kept };
  } catch (rejected) {
    return { ...took(), rejected };
  } finally {
    await rm(workplace, { recursive: true });
  }
}

const prepared = () => outcomes.flatMap((outcome) => ("prepared" in outcome ? [outcome] : []));
const named = (all: Outcome[]) => all.map(({ file, ...rest }) => ({ name: file.name, ...rest }));

describe("What is sent in", () => {
  it("is a year's worth, of more than 12 formats", () => {
    expect(outcomes.length).toBeGreaterThanOrEqual(ALL ? 200 : 55);
    expect(new Set(prepared().map(({ file }) => file.name.split(".").at(-1))).size).toBeGreaterThanOrEqual(12);
  });

  it("is prepared when it is good", () => {
    const lost = outcomes.filter((outcome) => outcome.file.expected === "prepared" && !("prepared" in outcome));
    expect(named(lost)).toEqual([]);
  });

  it("is rejected, with the reason, when it is not", () => {
    const reasons = outcomes.flatMap((outcome) => {
      const { name, expected } = outcome.file;
      if (!(expected instanceof RegExp)) return [];
      const reason = "rejected" in outcome && outcome.rejected instanceof FileRejectedError ? outcome.rejected : null;
      return [{ name, isRight: reason !== null && expected.test(reason.message), reason: reason?.message }];
    });
    expect(reasons.length).toBeGreaterThan(10);
    expect(reasons.filter(({ isRight }) => !isRight)).toEqual([]);
  });

  it("never ends in anything but a preparation or a reason", () => {
    const broken = outcomes.filter((one) => "rejected" in one && !(one.rejected instanceof FileRejectedError));
    expect(named(broken)).toEqual([]);
  });

  it("never takes long, nor much memory", () => {
    expect(named(outcomes.filter(({ ms, file }) => ms > 30_000 && file.name !== "three-hours.mp3"))).toEqual([]);
    expect(highestMemory).toBeLessThan(150 << 20);
  });

  it("gives what the wire demands, of sound that is all there", () => {
    for (const { file, prepared: preparation } of prepared()) {
      expect(Preparation.safeParse(preparation).success, file.name).toBe(true);
      if (file.seconds !== undefined)
        expect(preparation.prepared.samples / SAMPLE_RATE, file.name).toBeCloseTo(file.seconds, 0);
    }
  });

  it("keeps its title and its artist, in four scripts", () => {
    const found = prepared().filter(({ file }) => file.title !== undefined);
    expect(found.length).toBeGreaterThan(10);
    for (const { file, prepared: preparation } of found) {
      expect(preparation.metadata.title, file.name).toBe(file.title);
      if (file.artist !== undefined) expect(preparation.metadata.artist, file.name).toBe(file.artist);
    }
  });

  it("keeps its cover, unless that is a bomb", () => {
    const found = prepared().filter(({ file }) => file.hasCover !== undefined);
    expect(found).toHaveLength(4);
    for (const { file, hasCover } of found) expect(hasCover, file.name).toBe(file.hasCover);
  });

  it(
    "is heard within 1 LU of the station's loudness, however loud it was",
    async () => {
      const loudness = prepared().map(({ prepared: preparation }) => preparation.loudness.integrated);
      expect(Math.max(...loudness) - Math.min(...loudness)).toBeGreaterThan(25);
      const files = prepared().map(({ path, prepared: preparation }) => ({ path, preparation }));
      const aired = await loudnessOnAir(files, TARGET);
      console.log(`aired ${aired.length} files at ${Math.min(...aired)} to ${Math.max(...aired)} LUFS`);
      const heard = prepared().map(({ file }, index) => ({ name: file.name, aired: aired[index] ?? Number.NaN }));
      expect(heard.filter((one) => !(Math.abs(one.aired - TARGET) <= 1))).toEqual([]);
    },
    WITHIN_MS,
  );
});
