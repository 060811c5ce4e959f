import { chmod, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { programmePath, RenditionName } from "../../contracts/names.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { type Counters, countersOf } from "./cgroup/counters.ts";
import { type Limits, makeGroup } from "./cgroup/group.ts";
import { containerPid, containerThrough, engineSettings } from "./container.ts";
import { type FrameWatch, watchFrames } from "./frame-watch.ts";

/** One node under test, with the Workers it works with. */
export type Subject = {
  readonly name: string;
  readonly stack: Stack;
  readonly frames: readonly FrameWatch[];
  /** The node's own process. */
  readonly pid: number;
  counters(): Promise<Counters>;
  stop(): Promise<void>;
};

const DEMO_LIBRARY = join(import.meta.dirname, "../../dev/demo-library/demo");
const Station = z.object({ renditions: z.array(RenditionName) });

export type SubjectOptions = {
  name: string;
  limits: Limits;
  stations: number;
  image: string | null;
  clock: Clock;
  log: Log;
};

/** Starts Workers and one node that has so many stations on the air. */
export async function startSubject({ name, limits, stations, image, clock, log }: SubjectOptions): Promise<Subject> {
  const id = `radio-dream-soak-${process.pid}-${name}`;
  const slugs = [STATION, ...Array.from({ length: stations - 1 }, (_, i) => `soak-${i + 2}`)];
  const library = await mkdtemp(join(tmpdir(), "radio-dream-soak-"));
  // The container's user is not ours.
  await chmod(library, 0o755);
  for (const slug of slugs) await cp(DEMO_LIBRARY, join(library, slug), { recursive: true });
  const group = image === null ? await makeGroup(id, limits) : null;
  const through = group?.through ?? containerThrough({ name: id, image: image ?? "", limits, library });
  const endings: (() => Promise<void>)[] = [
    () => rm(library, { recursive: true, force: true }),
    async () => group?.close(),
  ];
  const stop = async () => {
    for (const end of endings.toReversed()) await end();
  };
  try {
    const stack = await startStack({
      origins: 1,
      env: { ...engineSettings(process.env), LIBRARY_DIR: library, RESTART: "never" },
      places: () => ({ "origin-1": { through: [...through] } }),
    });
    endings.push(() => stack.stop());
    for (const slug of slugs.slice(1)) await stack.api(z.unknown(), "POST", "/api/v1/stations", { slug, name: slug });
    const { renditions } = await stack.api(Station, "GET", `/api/v1/stations/${STATION}`);
    const [first = "aac-48k"] = renditions;
    const flvUrl = (slug: string) => `${stack.origin("origin-1").httpUrl}${programmePath(slug, first, renditions)}.flv`;
    const frames = slugs.map((slug) => watchFrames(flvUrl(slug), clock, log));
    endings.push(async () => void (await Promise.all(frames.map((watch) => watch.stop()))));
    // It is not started again, so it is the same to the end.
    const pid = await (image === null ? stack.pid("origin-1") : containerPid(id));
    return { name, stack, frames, pid, counters: () => countersOf(pid), stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}
