import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { RoutedOrigin, Routing } from "../../contracts/routing.ts";
import { indexKey, MAX_INDEX_BYTES } from "../../contracts/storage.ts";
import { withTimeout } from "../../kit/race.ts";
import { readBounded } from "../bounded-body.ts";
import type { Reading } from "../cache/memo.ts";
import { readShared, writeShared } from "../cache/shared.ts";
import type { Reach } from "../reach.ts";
import { askOrigin } from "../routing/ask-origin.ts";
import { indexFreshUntil, isStale, type KnownIndex, newerIndex, parseIndex } from "./known-index.ts";

const READ_LIMIT_MS = 1000;
/** Marks what was seen in R2 when isolates share it. */
const STORED = "R2";

/**
 * What an origin holds of a station: as another isolate just read it, else from R2, else, when R2 fails or what it
 * holds is stale, from the origin itself. `known` is never replaced by an older one. Null when there is none yet;
 * throws when nobody answered and nothing is known.
 */
export async function readIndex(
  routing: Routing,
  station: StationSlug,
  origin: OriginId,
  known: KnownIndex | null,
  reach: Reach,
): Promise<Reading<KnownIndex | null>> {
  const name = `index/${station}/${origin}`;
  const parse = (text: string, stored: boolean): KnownIndex => {
    if (known?.text !== text) return { ...parseIndex(text, station, origin), stored };
    return known.stored || !stored ? known : { ...known, stored };
  };
  const shared = await readShared(name, reach);
  const fromShared = shared === null ? null : parse(shared.value, shared.from === STORED);
  if (shared !== null && fromShared !== null) {
    const isFresh = reach.clock.now() < indexFreshUntil(fromShared.index, shared.readAt);
    if (isFresh) return { value: newerIndex(known, fromShared), readAt: shared.readAt };
  }
  const read = await readPastCaches(routing, station, origin, parse, reach);
  const value = newerIndex(newerIndex(known, fromShared), read.found);
  if (!read.answered && value === null) throw new Error("neither R2 nor the origin answered");
  const readAt = reach.clock.now();
  if (read.found !== null && value !== null) {
    writeShared(name, { value: value.text, readAt, from: value.stored ? STORED : "" }, reach);
  }
  return { value, readAt };
}

/** As readIndex, without memory and without the cache, for those who must see the newest there is. */
export function readIndexAfresh(
  routing: Routing,
  station: StationSlug,
  origin: OriginId,
  reach: Reach,
): Promise<{ found: KnownIndex | null; answered: boolean }> {
  return readPastCaches(routing, station, origin, (text) => parseIndex(text, station, origin), reach);
}

async function readPastCaches(
  routing: Routing,
  station: StationSlug,
  origin: OriginId,
  parse: (text: string, stored: boolean) => KnownIndex,
  reach: Reach,
): Promise<{ found: KnownIndex | null; answered: boolean }> {
  const complain = (place: string) => (thrown: unknown) => {
    reach.complaints.add(`cannot read the index of ${origin} for ${station} from ${place}`, thrown);
    return undefined;
  };
  const stored = await readStored(station, origin, parse, reach).catch(complain("R2"));
  if (stored && !isStale(stored.index, reach.clock.now())) return { found: stored, answered: true };
  const routed = routing.origins[origin];
  const direct =
    routed === undefined ? undefined : await readDirect(routed, station, parse, reach).catch(complain("the origin"));
  return {
    found: newerIndex(stored ?? null, direct ?? null),
    answered: stored !== undefined || direct !== undefined,
  };
}

function readStored(
  station: StationSlug,
  origin: OriginId,
  parse: (text: string, stored: boolean) => KnownIndex,
  reach: Reach,
): Promise<KnownIndex | null> {
  return withTimeout(READ_LIMIT_MS, "R2", async () => {
    const object = await reach.bucket.get(indexKey(station, origin));
    return object === null ? null : parse(await object.text(), true);
  });
}

function readDirect(
  origin: RoutedOrigin,
  station: StationSlug,
  parse: (text: string, stored: boolean) => KnownIndex,
  reach: Reach,
): Promise<KnownIndex> {
  return withTimeout(READ_LIMIT_MS, "the origin", async (signal) => {
    const response = await askOrigin(origin, `${station}/index.json`, signal, reach);
    return parse(new TextDecoder().decode(await readBounded(response, MAX_INDEX_BYTES)), false);
  });
}
