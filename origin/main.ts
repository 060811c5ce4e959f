import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { systemClock } from "../kit/clock.ts";
import { createLog, describe } from "../kit/log.ts";
import { EXIT } from "./exit-codes.ts";
import { startOrigin } from "./origin.ts";
import { traceFields } from "./process/trace.ts";
import { readSettings } from "./settings.ts";

const STOP_WITHIN_MS = 20_000;
/** Soon enough for the process to be replaced, late enough for control to hear why. */
const LAST_WORDS_MS = 1000;

const settings = readSettings(process.env);
const log = createLog({ level: settings.logLevel, fields: { origin: settings.originId }, present: traceFields });
await mkdir(settings.dataFolder, { recursive: true });

const origin = await startOrigin({
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
log.info("the origin is up", { http: origin.httpPort, rtmp: origin.rtmpPort });

let stopping = false;
async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info("stopping", { signal });
  setTimeout(() => process.exit(EXIT.stopTooSlow), STOP_WITHIN_MS).unref();
  await origin.stop();
  process.exit(EXIT.stopped);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("unhandledRejection", (reason) =>
  log.error("a promise was rejected and nobody heard it", { error: describe(reason) }),
);
