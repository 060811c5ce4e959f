import { z } from "zod";
import { OriginId } from "../contracts/names.ts";

const Port = z.coerce.number().int().min(0).max(65535);
const HttpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));
const optional = (schema: z.ZodType<string, string>) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const Environment = z.object({
  CONTROL_URL: HttpUrl,
  EDGE_URL: HttpUrl,
  ORIGIN_ID: OriginId,
  ENROL_TOKEN: optional(z.string().min(16)),
  PUBLIC_URL: HttpUrl,
  RTMP_URL: optional(z.url({ protocol: /^rtmps?$/ })),
  DATA_DIR: z.string().min(1).default("/data"),
  LIBRARY_DIR: optional(z.string().min(1)),
  HOST: z.string().default("0.0.0.0"),
  RTMP_PORT: Port.default(1935),
  HTTP_PORT: Port.default(8801),
  CACHE_BYTES: z.coerce.number().int().positive().default(10_000_000_000),
  EDGE_ONLY: z.preprocess((value) => (value === "" ? undefined : value), z.stringbool().default(false)),
  JOBS: z.preprocess((value) => (value === "" ? undefined : value), z.stringbool().default(true)),
  RELAY_PRIVATE_ADDRESSES: z.preprocess(
    (value) => (value === "" ? undefined : value),
    z.enum(["allow", "refuse"]).default("refuse"),
  ),
  METRICS_TOKEN: optional(z.string().min(16).max(512)),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

export type Settings = {
  controlUrl: string;
  edgeUrl: string;
  originId: OriginId;
  enrolToken: string | null;
  publicUrl: string;
  /** Where hosts and players reach this origin over RTMP. */
  rtmpUrl: string;
  dataFolder: string;
  /** One folder a station, named by its slug. */
  libraryFolder: string;
  host: string;
  rtmpPort: number;
  httpPort: number;
  /** Most that prepared files may take of the disk. */
  cacheBytes: number;
  /** Whether playlists and segments are for the edge alone. */
  edgeOnly: boolean;
  /** Whether the node prepares files for the library when it has nothing better to do. */
  takesJobs: boolean;
  /** Whether relays may lead to private and loopback addresses. */
  isPrivateRelayAllowed: boolean;
  /** With it alone `/metrics` is told; null: to everybody. */
  metricsToken: string | null;
  logLevel: "debug" | "info" | "warn" | "error";
};

/** Reads the node's settings from its environment; throws one error that names every setting that is wrong. */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`The environment is not complete:\n${z.prettifyError(parsed.error)}`);
  const set = parsed.data;
  return {
    controlUrl: set.CONTROL_URL,
    edgeUrl: set.EDGE_URL,
    originId: set.ORIGIN_ID,
    enrolToken: set.ENROL_TOKEN ?? null,
    publicUrl: set.PUBLIC_URL,
    rtmpUrl: set.RTMP_URL ?? `rtmp://${new URL(set.PUBLIC_URL).hostname}:${set.RTMP_PORT}`,
    dataFolder: set.DATA_DIR,
    libraryFolder: set.LIBRARY_DIR ?? `${set.DATA_DIR}/library`,
    host: set.HOST,
    rtmpPort: set.RTMP_PORT,
    httpPort: set.HTTP_PORT,
    cacheBytes: set.CACHE_BYTES,
    edgeOnly: set.EDGE_ONLY,
    takesJobs: set.JOBS,
    isPrivateRelayAllowed: set.RELAY_PRIVATE_ADDRESSES === "allow",
    metricsToken: set.METRICS_TOKEN ?? null,
    logLevel: set.LOG_LEVEL,
  };
}
