import { createEdge } from "../../../worker/main.ts";
import type { EdgeEnvironment } from "../../../worker/reach.ts";
import { BucketFaults, type BucketOperation, FAULTS_PATH, type OperationCounts } from "../faults.ts";
import { type Damage, faultFor, guardBucket, suffer } from "./faulty-bucket.ts";

/** The real edge over a bucket that tests can break while it runs; what it asks of bucket, cache and origins is counted. */

const SEGMENT_KEY = /^live\/[^/]+\/([^/]+)\/[^/]+\/\d+\.ts$/;

let faults: BucketFaults = [];
const counts: OperationCounts = {};

function count(operation: string): void {
  counts[operation] = (counts[operation] ?? 0) + 1;
}

const edge = createEdge({
  cache: () => ({
    match: (...args) => {
      count("cache.match");
      return caches.default.match(...args);
    },
    put: (...args) => {
      count("cache.put");
      return caches.default.put(...args);
    },
  }),
  fetchOrigin: (url, init) => {
    count("origin.fetch");
    return fetch(url, init);
  },
});

async function answerControl(request: Request): Promise<Response> {
  if (request.method === "POST") faults = BucketFaults.parse(await request.json());
  return Response.json(counts);
}

async function asked(operation: BucketOperation, key: string): Promise<Damage> {
  count(operation);
  count(`edge's ${operation} ${key.replace(/\/\d+\.ts$/, "/*.ts")}`);
  const [, origin] = SEGMENT_KEY.exec(key) ?? [];
  if (operation === "get" && origin !== undefined) count(`segments of ${origin}`);
  const fault = faultFor(faults, operation, key, Math.random);
  return fault ? suffer(fault, operation) : "none";
}

export default {
  async fetch(request: Request, environment: EdgeEnvironment, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname === FAULTS_PATH) return answerControl(request);
    count("request");
    count(`request ${request.method} ${new URL(request.url).pathname.replace(/\/\d+\.ts$/, "/*.ts")}`);
    const { MEDIA, SEGMENTS = MEDIA } = environment;
    const buckets = { MEDIA: guardBucket(MEDIA, asked), SEGMENTS: guardBucket(SEGMENTS, asked) };
    return edge.fetch(request, { ...environment, ...buckets }, context);
  },
};
