import { basename, join } from "node:path";
import { describe } from "../kit/log.ts";
import { pause } from "../kit/loop.ts";
import { findFfmpeg } from "../origin/process/ffmpeg.ts";
import { buildAll, buildWorker, CONTROL_BUNDLE, EDGE_BUNDLE, endBuilding } from "./build.ts";
import { claimState } from "./claim.ts";
import { createListener } from "./output.ts";
import { expectFreePorts, freePort } from "./ports.ts";
import { type Bundles, type Company, startOrigin, startWorkers } from "./processes.ts";
import { elsewhereText, onAirText } from "./say.ts";
import { keepSecret, keptSecret } from "./secrets.ts";
import { DEMO_STATION, isOnAir, seedDemo } from "./seed.ts";
import { portsOf, ROOT, readSettings, type Settings } from "./settings.ts";
import type { Supervised } from "./supervisor.ts";

/** Radio Dream on one machine: both Workers, the origins, and the demo station on air. */

const READY_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 100;

const say = (words: string) => console.log(words);
const listener = createListener(say);
const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => ending.abort());
// When the terminal is gone nobody reads on; the end itself still has to be orderly.
for (const output of [process.stdout, process.stderr]) output.on("error", () => ending.abort());

const running: Supervised[] = [];
const release: (() => void)[] = [];
try {
  await run(ending.signal);
} catch (thrown) {
  process.exitCode = 1;
  listener.tellMissed();
  console.error(thrown instanceof Error ? thrown.message : describe(thrown));
}
await end();
process.exit();

async function run(signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  const settings = readSettings(process.env);
  const ffmpeg = findFfmpeg(process.env);
  release.push(claimState(join(settings.stateDir, "run", "start.pid")));
  await expectFreePorts(portsOf(settings));
  say("Radio Dream is starting ...");

  const secretFile = (name: string) => join(settings.stateDir, "secrets", name);
  const adminToken = settings.adminToken ?? keptSecret(secretFile("admin-token"));
  keepSecret(secretFile("admin-token"), adminToken);
  const enrolToken = keptSecret(secretFile("enrol-token"));
  const segmentsPort = settings.segmentsPort ?? (await freePort());
  const company: Company = { settings, segmentsPort, adminToken, enrolToken, hear: listener.hear, say };
  const bundles = await build(settings);
  if (signal.aborted) return;

  let workersReady = false;
  running.push(startWorkers(company, bundles, () => (workersReady = true)));
  await until(async () => workersReady, "the Workers are not up", signal);
  if (signal.aborted) return;
  const control = { url: `http://${settings.localHost}:${settings.controlPort}`, adminToken };
  const streamKey = await seedDemo(control, secretFile("demo-stream-key"));

  running.push(...settings.origins.map((origin) => startOrigin(company, origin, ffmpeg)));
  const playlist = `http://${settings.localHost}:${settings.edgePort}/${DEMO_STATION.slug}/live.m3u8`;
  if (settings.origins.length === 0) say(elsewhereText({ settings, enrolToken }));
  const patienceMs = settings.origins.length === 0 ? Number.POSITIVE_INFINITY : READY_WITHIN_MS;
  await until(() => isOnAir(playlist, startedAt), "the station is not on air", signal, patienceMs);
  if (signal.aborted) return;

  const seconds = (Date.now() - startedAt) / 1000;
  say(onAirText({ settings, streamKey, adminToken, ffmpeg, seconds }));
  listener.speakUp();
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

/** Builds all, and answers the bundles to use as the Workers. */
async function build({ edgeEntry, controlEntry, stateDir }: Settings): Promise<Bundles> {
  await buildAll();
  const bundleOf = async (entry: string, own: string, bundle: string) => {
    if (entry === join(ROOT, own)) return bundle;
    const other = join(stateDir, "build", basename(bundle));
    await buildWorker(entry, other);
    return other;
  };
  const bundles = {
    edge: await bundleOf(edgeEntry, "worker/main.ts", EDGE_BUNDLE),
    control: await bundleOf(controlEntry, "control/main.ts", CONTROL_BUNDLE),
  };
  await endBuilding();
  return bundles;
}

/** Waits until it is so, or the signal aborts; throws when it is not so in time, or never will be. */
async function until(
  isSo: () => Promise<boolean>,
  otherwise: string,
  signal: AbortSignal,
  withinMs = READY_WITHIN_MS,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!signal.aborted && !(await isSo())) {
    if (performance.now() > deadline) throw new Error(`After ${withinMs / 1000} s ${otherwise}.`);
    await pause(LOOK_AGAIN_MS, signal);
  }
}

/** The origins first, for they upload to the last. */
async function end(): Promise<void> {
  listener.hush();
  if (running.length > 0) say("Ending ...");
  const [workers, ...origins] = running;
  await Promise.all(origins.map((origin) => origin.stop()));
  await workers?.stop();
  for (const giveBack of release) giveBack();
}
