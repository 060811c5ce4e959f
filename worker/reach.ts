import type { Trace } from "../contracts/trace.ts";
import type { Clock } from "../kit/clock.ts";
import type { Complaints } from "./complaints.ts";

/** The part of an R2 bucket that the edge uses. */
export type Bucket = {
  get(key: string, options?: { range: { offset: number; length: number } }): Promise<R2ObjectBody | null>;
  head(key: string): Promise<R2Object | null>;
  put(key: string, value: ArrayBuffer | string, options: R2PutOptions): Promise<R2Object | null>;
  delete(keys: string[]): Promise<void>;
};

export type EdgeEnvironment = {
  MEDIA: Bucket;
  /** Where segments lie, and nothing that is not for everyone; in MEDIA where there is none. */
  SEGMENTS?: Bucket;
  ASSETS: Pick<Fetcher, "fetch">;
  SEGMENTS_URL?: string;
  EDGE_URL?: string;
};

/** How the edge asks an origin over HTTP. */
export type FetchOrigin = (
  url: string,
  init: { signal: AbortSignal; redirect: "manual"; headers: Record<string, string> },
) => Promise<Response>;

/**
 * What one request can reach. It is handed along and never kept: workerd binds I/O to the request that began it, so
 * only parsed values outlive a request.
 */
export type Reach = {
  bucket: Bucket;
  /** The bucket of the segments. */
  segments: Bucket;
  /** The cache of this data centre. */
  cache: () => Pick<Cache, "match" | "put">;
  /** Scheme and host under which we were asked; keys of the cache must lie on a host that is ours. */
  site: string;
  /** Where the bucket of the segments is open to everyone; null where it is not, or nobody has said where. */
  segmentsUrl: string | null;
  /** Where listeners reach the edge. */
  edgeUrl: string;
  fetchOrigin: FetchOrigin;
  /** One of the Worker's own static assets. */
  fetchAsset: (url: string) => Promise<Response>;
  /** Lets work go on after the answer was sent. */
  keep(work: Promise<unknown>): void;
  clock: Clock;
  complaints: Pick<Complaints, "add">;
  /** Of this request; made up when it is first asked for, since most requests of listeners need none. */
  trace(): Trace;
};
