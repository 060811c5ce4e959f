import { join, resolve } from "node:path";
import { z } from "zod";
import { HERE, isHere, OriginPlaces, type Place } from "./place.ts";
import type { NamedPort } from "./ports.ts";

export const ROOT = join(import.meta.dirname, "..");

const Port = z.coerce.number().int().min(1).max(65_535);
/** `NAME=` means the same as no NAME. */
const unset = (value: unknown) => (value === "" ? undefined : value);

/** Every address of this machine (RFC 1122, 3.2.1.3): good for listening on, not for calling. */
const EVERY_ADDRESS = "0.0.0.0";

const Environment = z.object({
  LISTEN_HOST: z.preprocess(unset, z.ipv4().default("127.0.0.1")),
  PUBLIC_HOST: z.preprocess(unset, z.hostname().optional()),
  EDGE_PORT: z.preprocess(unset, Port.default(8787)),
  CONTROL_PORT: z.preprocess(unset, Port.default(8788)),
  SEGMENTS_PORT: z.preprocess(unset, Port.optional()),
  RTMP_PORT: z.preprocess(unset, Port.default(1935)),
  HTTP_PORT: z.preprocess(unset, Port.default(8801)),
  ORIGINS: z.preprocess(unset, z.coerce.number().int().min(0).max(16).default(2)),
  STATE_DIR: z.preprocess(unset, z.string().default(".radio")),
  LIBRARY_DIR: z.preprocess(unset, z.string().default("dev/demo-library")),
  ADMIN_TOKEN: z.preprocess(unset, z.string().min(8).max(256).optional()),
  RESTART: z.preprocess(unset, z.enum(["always", "never"]).default("always")),
  EDGE_ENTRY: z.preprocess(unset, z.string().default("worker/main.ts")),
  CONTROL_ENTRY: z.preprocess(unset, z.string().default("control/main.ts")),
  ORIGIN_PLACES: z.preprocess(unset, OriginPlaces.default({})),
});

export type OriginSettings = { id: string; rtmpPort: number; httpPort: number; place: Place };

export type Settings = {
  /** The address that all listen on. */
  host: string;
  /** Where the processes of this machine call one another. */
  localHost: string;
  /** Where others call this machine. */
  publicHost: string;
  edgePort: number;
  controlPort: number;
  /** Where the bucket of the segments is open to everyone; null for any port that is free. */
  segmentsPort: number | null;
  /** None when they are started by somebody else, in containers for instance. */
  origins: readonly OriginSettings[];
  /** Of the first origin; the others count up. */
  rtmpPort: number;
  httpPort: number;
  stateDir: string;
  /** One folder a station, named by its slug. */
  libraryDir: string;
  /** Null when it is to be made up. */
  adminToken: string | null;
  restart: "always" | "never";
  /** The Workers' sources; tests put others in their place. */
  edgeEntry: string;
  controlEntry: string;
};

/** Reads what `npm start` is to do from the environment; throws one error that names every setting that is wrong. */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`These settings are not right:\n${z.prettifyError(parsed.error)}`);
  const set = parsed.data;
  const localHost = set.LISTEN_HOST === EVERY_ADDRESS ? "127.0.0.1" : set.LISTEN_HOST;
  const settings: Settings = {
    host: set.LISTEN_HOST,
    localHost,
    publicHost: set.PUBLIC_HOST ?? localHost,
    edgePort: set.EDGE_PORT,
    controlPort: set.CONTROL_PORT,
    segmentsPort: set.SEGMENTS_PORT ?? null,
    origins: Array.from({ length: set.ORIGINS }, (_, i) => ({
      id: `origin-${i + 1}`,
      rtmpPort: set.RTMP_PORT + i,
      httpPort: set.HTTP_PORT + i,
      place: set.ORIGIN_PLACES[`origin-${i + 1}`] ?? HERE,
    })),
    rtmpPort: set.RTMP_PORT,
    httpPort: set.HTTP_PORT,
    stateDir: resolve(ROOT, set.STATE_DIR),
    libraryDir: resolve(ROOT, set.LIBRARY_DIR),
    adminToken: set.ADMIN_TOKEN ?? null,
    restart: set.RESTART,
    edgeEntry: resolve(ROOT, set.EDGE_ENTRY),
    controlEntry: resolve(ROOT, set.CONTROL_ENTRY),
  };
  const ports = portsOf(settings);
  const twice = ports.find(({ port }, i) => ports.findIndex((other) => other.port === port) !== i);
  if (twice) throw new Error(`These settings are not right:\nport ${twice.port} is given out twice`);
  return settings;
}

const SEGMENTS_PURPOSE = "the bucket of the segments (SEGMENTS_PORT)";

/** Every port of this machine that is listened on, and what for. */
export function portsOf(settings: Settings): NamedPort[] {
  return [
    { port: settings.edgePort, purpose: "the edge (EDGE_PORT)" },
    { port: settings.controlPort, purpose: "control (CONTROL_PORT)" },
    ...(settings.segmentsPort === null ? [] : [{ port: settings.segmentsPort, purpose: SEGMENTS_PURPOSE }]),
    ...settings.origins.filter(isHere).flatMap(({ id, rtmpPort, httpPort }) => [
      { port: rtmpPort, purpose: `RTMP of ${id} (RTMP_PORT and up)` },
      { port: httpPort, purpose: `HTTP of ${id} (HTTP_PORT and up)` },
    ]),
  ];
}
