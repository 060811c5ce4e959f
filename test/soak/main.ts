import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { type Loop, pause } from "../../kit/loop.ts";
import { forgetPages } from "./container.ts";
import { startHost } from "./host.ts";
import { report } from "./report.ts";
import { type Sample, takeSample } from "./sample.ts";
import { readSettings } from "./settings.ts";
import { readStored, sampleLine } from "./stored.ts";
import { type Subject, startSubject } from "./subject.ts";
import { mebibytes } from "./verdict.ts";

/**
 * A node for hours within the limits of a container, and a twin without: `npm run soak -- --minutes 60 --stations 1
 * --memory 128m --cpus 1`. With `--image TAG` it is the container itself; `--report FOLDER` tells an earlier soak again.
 */

/** Studios start, and frames are caught up with. */
const SETTLE_MS = 30_000;
const SAMPLE_MS = 10_000;
const TOLD_EVERY = 30;
const UNLIMITED = { memoryBytes: null, cpus: null };

const settings = readSettings(process.argv.slice(2));
const log = createLog({ level: "warn" });
if (settings.report !== null) process.exit(report(await readStored(settings.report), settings) ? 0 : 1);
const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => ending.abort());

await mkdir(settings.out, { recursive: true });
if (settings.image !== null) await forgetPages(settings.image);
const wanted = [
  { name: "limited", limits: settings.limits },
  ...(settings.twin ? [{ name: "unlimited", limits: UNLIMITED }] : []),
];
const subjects: Subject[] = [];
const hosts: Loop[] = [];
let isGood = false;
try {
  const { stations, image } = settings;
  for (const each of wanted) subjects.push(await startSubject({ ...each, stations, image, clock: systemClock, log }));
  hosts.push(...subjects.map(({ stack }) => startHost(stack, settings.minutes, log)));
  console.log(`On air: ${stations} station(s), for ${settings.minutes} minutes. Samples in ${settings.out}.`);
  await pause(SETTLE_MS, ending.signal);
  for (const { frames } of subjects) for (const watch of frames) watch.take();
  const startedAt = performance.now();
  const measured = await Promise.all(
    subjects.map(async (subject) => ({ name: subject.name, samples: await measure(subject, startedAt) })),
  );
  isGood = report(measured, settings);
} finally {
  await Promise.all(hosts.map((host) => host.stop()));
  for (const { name, stack } of subjects)
    await writeFile(join(settings.out, `${name}.log`), await stack.log("origin-1"));
  for (const subject of subjects) await subject.stop();
}
process.exit(isGood ? 0 : 1);

/** Looks at the node every ten seconds until the time is over, it has ended, or somebody ends the soak. */
async function measure(subject: Subject, startedAt: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const file = join(settings.out, `${subject.name}.jsonl`);
  const endAt = startedAt + settings.minutes * 60_000;
  for (let due = startedAt; due <= endAt && !ending.signal.aborted; due += SAMPLE_MS) {
    await pause(Math.max(0, due - performance.now()), ending.signal);
    const sample = await takeSample(subject, startedAt).catch((thrown: unknown) => {
      console.error(`${subject.name} has ended: ${thrown}`);
      return null;
    });
    if (sample === null) break;
    samples.push(sample);
    await appendFile(file, sampleLine(sample));
    if (samples.length % TOLD_EVERY === 1) console.log(line(subject.name, sample));
  }
  return samples;
}

function line(name: string, { seconds, counters, node, isLive, punctuality }: Sample): string {
  const { anonymous, cache, limitHits, oomKills } = counters;
  return [
    `${(seconds / 60).toFixed(0).padStart(4)} min  ${name.padEnd(9)}`,
    `anonymous ${mebibytes(anonymous)} (node ${mebibytes(node.anonymous)})`,
    `cache ${mebibytes(cache)}, limit reached ${limitHits}, killed ${oomKills}`,
    `latest frame ${punctuality.worstMs.toFixed(0)} ms${isLive ? ", live" : ""}`,
  ].join("  ");
}
