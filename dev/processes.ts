import { join } from "node:path";
import type { Ffmpeg } from "../origin/process/ffmpeg.ts";
import { MEMORY_ENVIRONMENT, NODE_FLAGS } from "../origin/runtime.ts";
import { ORIGIN_BUNDLE } from "./build-origin.ts";
import { inPlainWords, openLogFile } from "./output.ts";
import type { OriginSettings, Settings } from "./settings.ts";
import { type Job, type Supervised, supervise } from "./supervisor.ts";

/** What all processes have in common. */
export type Company = {
  settings: Settings;
  adminToken: string;
  enrolToken: string;
  /** Where the bucket of the segments is open to everyone. */
  segmentsPort: number;
  /** Hears the processes' own words, one line at a time. */
  hear(words: string): void;
  /** Says something to whoever started us. */
  say(words: string): void;
};

/** The Workers as single modules. */
export type Bundles = { edge: string; control: string };

type Environment = Record<string, string | undefined>;

/** Both Workers, in one process; `onReady` is called when they answer and their database is in place. */
export function startWorkers(company: Company, bundles: Bundles, onReady: () => void): Supervised {
  const { settings } = company;
  const environment: Environment = {
    EDGE_PORT: String(settings.edgePort),
    CONTROL_PORT: String(settings.controlPort),
    SEGMENTS_PORT: String(company.segmentsPort),
    EDGE_BUNDLE: bundles.edge,
    CONTROL_BUNDLE: bundles.control,
    HOST: settings.host,
    PUBLIC_HOST: settings.publicHost,
    ADMIN_TOKEN: company.adminToken,
    ENROL_TOKEN: company.enrolToken,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_WRITE_LOGS: "false",
  };
  return start(company, "workers", { args: [join(import.meta.dirname, "workers.ts")], onReady }, environment);
}

/** One node of the fleet, set up as its container would be. */
export function startOrigin(company: Company, origin: OriginSettings, ffmpeg: Ffmpeg): Supervised {
  const { settings } = company;
  const { id, rtmpPort, httpPort, place } = origin;
  const environment: Environment = {
    ADMIN_TOKEN: undefined,
    ENROL_TOKEN: company.enrolToken,
    CONTROL_URL: `http://${settings.localHost}:${settings.controlPort}`,
    EDGE_URL: `http://${settings.localHost}:${settings.edgePort}`,
    PUBLIC_URL: `http://${settings.publicHost}:${httpPort}`,
    RTMP_URL: `rtmp://${settings.publicHost}:${rtmpPort}`,
    HOST: settings.host,
    ORIGIN_ID: id,
    RTMP_PORT: String(rtmpPort),
    HTTP_PORT: String(httpPort),
    DATA_DIR: join(settings.stateDir, id),
    LIBRARY_DIR: settings.libraryDir,
    FFMPEG_PATH: ffmpeg.ffmpeg,
    FFPROBE_PATH: ffmpeg.ffprobe,
    ...MEMORY_ENVIRONMENT,
    ...place.environment,
  };
  return start(
    company,
    id,
    { through: place.through, args: [...NODE_FLAGS, place.bundle ?? ORIGIN_BUNDLE] },
    environment,
  );
}

function start(
  { settings, hear, say }: Company,
  name: string,
  program: Pick<Job, "through" | "args" | "onReady">,
  environment: Environment,
): Supervised {
  const { stateDir, restart } = settings;
  const logFile = openLogFile(join(stateDir, "log", `${name}.log`));
  return supervise({
    ...program,
    name,
    restart,
    env: { ...process.env, STATE_DIR: stateDir, ...environment },
    pidFile: join(stateDir, "run", `${name}.pid`),
    onLine(line) {
      logFile.write(line);
      const words = inPlainWords(name, line);
      if (words !== null) hear(words);
    },
    onEnd: (how) => say(`${name} ${how}${restart === "always" ? "; starting it again in a second" : ""}.`),
  });
}
