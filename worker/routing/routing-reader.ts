import { ROUTING_COPY_KEY, ROUTING_KEY, type RoutedStation, Routing } from "../../contracts/routing.ts";
import { TimeoutError, withTimeout } from "../../kit/race.ts";
import { Memo, type Reading } from "../cache/memo.ts";
import { readShared, writeShared } from "../cache/shared.ts";
import { EdgeError } from "../edge-error.ts";
import type { Reach } from "../reach.ts";

const FRESH_MS = 1000;
const READ_LIMIT_MS = 1000;
const SHARED_NAME = "routing";

type Snapshot = { text: string; routing: Routing };

function parseSnapshot(text: string): Snapshot {
  return { text, routing: Routing.parse(JSON.parse(text)) };
}

/** The routing snapshot, at most about a second old, or the last good one for as long as no other can be read. */
export class RoutingReader {
  readonly #memo = new Memo<Snapshot>("the routing snapshot", ({ readAt }) => readAt + FRESH_MS);
  #demandedAt = Number.NEGATIVE_INFINITY;

  /** Null when none was ever seen. */
  async peek(reach: Reach): Promise<Routing | null> {
    if (this.#memo.isDue(reach.clock.now())) await this.#memo.refresh((known) => read(known, reach), reach);
    return this.#memo.last?.routing ?? null;
  }

  /** Throws 503 when none was ever seen. */
  async current(reach: Reach): Promise<Routing> {
    const routing = await this.peek(reach);
    if (routing !== null) return routing;
    throw new EdgeError(503, "no_routing", "The stations are not known yet.", { retryAfterSeconds: 1 });
  }

  /** The snapshot read anew, past every cache; at most once a second, however often it is asked for. */
  async demand(reach: Reach): Promise<Routing> {
    const now = reach.clock.monotonic();
    if (now - this.#demandedAt >= FRESH_MS) {
      this.#demandedAt = now;
      try {
        this.#memo.set(await readStored(this.#memo.last, reach));
      } catch (thrown) {
        reach.complaints.add("cannot read the routing snapshot anew", thrown);
      }
    }
    return this.current(reach);
  }
}

/** Throws 404 for a station that is not routed. */
export function stationOf(routing: Routing, slug: string): RoutedStation {
  const station = Object.hasOwn(routing.stations, slug) ? routing.stations[slug] : undefined;
  if (station === undefined) throw new EdgeError(404, "unknown_station", "There is no such station.");
  return station;
}

async function read(known: Snapshot | undefined, reach: Reach): Promise<Reading<Snapshot>> {
  const shared = await readShared(SHARED_NAME, reach);
  const isFresh = shared !== null && reach.clock.now() < shared.readAt + FRESH_MS;
  if (isFresh) return { value: reuse(known, shared.value), readAt: shared.readAt };
  try {
    return await readStored(known, reach);
  } catch (thrown) {
    if (known !== undefined) throw thrown;
    return await readLastGood(shared, thrown, reach);
  }
}

/** For an isolate that knows none: the copy in R2 unless R2 hangs, else what the cache has. */
async function readLastGood(shared: Reading<string> | null, thrown: unknown, reach: Reach): Promise<Reading<Snapshot>> {
  const readAt = reach.clock.now();
  try {
    if (thrown instanceof TimeoutError) throw thrown;
    const value = parseSnapshot(await readObject(ROUTING_COPY_KEY, reach));
    reach.complaints.add("the routing snapshot is the copy", thrown);
    return { value, readAt };
  } catch (thrownToo) {
    if (shared === null) throw thrownToo;
    reach.complaints.add("the routing snapshot is the one of the cache", thrown);
    return { value: parseSnapshot(shared.value), readAt };
  }
}

/** Throws when there is no such object within the time limit. */
function readObject(key: string, reach: Reach): Promise<string> {
  return withTimeout(READ_LIMIT_MS, "R2", async () => {
    const object = await reach.bucket.get(key);
    if (object === null) throw new Error(`there is no ${key} in R2`);
    return object.text();
  });
}

async function readStored(known: Snapshot | undefined, reach: Reach): Promise<Reading<Snapshot>> {
  const text = await readObject(ROUTING_KEY, reach);
  const value = reuse(known, text);
  const readAt = reach.clock.now();
  writeShared(SHARED_NAME, { value: text, readAt, from: "R2" }, reach);
  return { value, readAt };
}

/** An unchanged snapshot stays the same object, so that whoever derived something from it need not do so again. */
function reuse(known: Snapshot | undefined, text: string): Snapshot {
  return known?.text === text ? known : parseSnapshot(text);
}
