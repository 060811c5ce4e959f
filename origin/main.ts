import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { systemClock } from "../kit/clock.ts";
import { createLog, describe } from "../kit/log.ts";
import { EXIT } from "./exit-codes.ts";
import { type Origin, startOrigin } from "./origin.ts";
import { traceFields } from "./process/trace.ts";
import { readSettings } from "./settings.ts";

const STOP_WITHIN_MS = 20_000;
/** Soon enough for the process to be replaced, late enough for control to hear why. */
const LAST_WORDS_MS = 1000;
const MAX_STACK = 2000;

let stopping = false;

process.on("uncaughtException", (thrown) => {
  createLog().error("the origin cannot go on", { error: describe(thrown), stack: thrown.stack?.slice(0, MAX_STACK) });
  process.exit(EXIT.error);
});

const settings = readSettings(process.env);
const log = createLog({ level: settings.logLevel, fields: { origin: settings.originId }, present: traceFields });
process.on("unhandledRejection", (reason) =>
  log.error("a promise was rejected and nobody heard it", { error: describe(reason) }),
);
// Before the start, for nothing else ends a container's first process.
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

const starting = start();
const origin = await starting;
log.info("the origin is up", { http: origin.httpPort, rtmp: origin.rtmpPort });

async function start(): Promise<Origin> {
  await mkdir(settings.dataFolder, { recursive: true });
  return startOrigin({
    settings,
    environment: process.env,
    instance: randomUUID(),
    end: (code) => {
      log.error("only a new process can help: this one ends", { code });
      setTimeout(() => process.exit(code), LAST_WORDS_MS);
    },
    clock: systemClock,
    log,
  });
}

async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info("stopping", { signal });
  setTimeout(() => process.exit(EXIT.stopTooSlow), STOP_WITHIN_MS).unref();
  await (await starting).stop();
  process.exit(EXIT.stopped);
}
