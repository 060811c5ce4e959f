import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { systemClock } from "../kit/clock.ts";
import { createLog, describe } from "../kit/log.ts";
import { startOrigin } from "./origin.ts";
import { readSettings } from "./settings.ts";

const STOP_WITHIN_MS = 8000;

const settings = readSettings(process.env);
const log = createLog({ level: settings.logLevel, fields: { origin: settings.originId } });
await mkdir(settings.dataFolder, { recursive: true });

const origin = await startOrigin({
  settings,
  environment: process.env,
  instance: randomUUID(),
  clock: systemClock,
  log,
});
log.info("the origin is up", { http: origin.httpPort, rtmp: origin.rtmpPort });

let stopping = false;
async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info("stopping", { signal });
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  await origin.stop();
  process.exit(0);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("unhandledRejection", (reason) =>
  log.error("a promise was rejected and nobody heard it", { error: describe(reason) }),
);
