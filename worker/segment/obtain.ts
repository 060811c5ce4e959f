import type { RenditionName, StationSlug } from "../../contracts/names.ts";
import type { Routing } from "../../contracts/routing.ts";
import { MAX_SEGMENT_BYTES, segmentKey } from "../../contracts/storage.ts";
import { TimeoutError, withTimeout } from "../../kit/race.ts";
import { readBounded } from "../bounded-body.ts";
import type { Reach } from "../reach.ts";
import { askOrigin } from "../routing/ask-origin.ts";
import { sha256Of, toHex } from "../sha256.ts";
import { type Attempt, afterHang } from "./attempts.ts";
import type { Segment } from "./shelf.ts";

const ATTEMPT_LIMIT_MS = 1500;

export type SegmentName = { station: StationSlug; rendition: RenditionName; number: number };

/** The first of the attempts that yields the right bytes; null when none does. Wrong bytes are never returned. */
export async function obtain(
  name: SegmentName,
  attempts: readonly Attempt[],
  routing: Routing,
  reach: Reach,
): Promise<Segment | null> {
  let remaining = [...attempts];
  for (let attempt = remaining.shift(); attempt !== undefined; attempt = remaining.shift()) {
    try {
      const segment = await tryOne(name, attempt, routing, reach);
      if (segment !== null) return segment;
    } catch (thrown) {
      reach.complaints.add(`cannot read a segment of ${name.station} by ${attempt.origin} from ${attempt.via}`, thrown);
      if (attempt.via === "R2" && thrown instanceof TimeoutError) remaining = afterHang(remaining);
    }
  }
  return null;
}

function tryOne(name: SegmentName, attempt: Attempt, routing: Routing, reach: Reach): Promise<Segment | null> {
  return withTimeout(ATTEMPT_LIMIT_MS, attempt.via, async (signal) => {
    const found =
      attempt.via === "R2"
        ? await readStored(name, attempt, reach)
        : await readDirect(name, attempt, routing, reach, signal);
    if (found === null) return null;
    const sha256 = await sha256Of(found.bytes);
    if (sha256 !== found.expected) throw new Error(`its SHA-256 is ${sha256} instead of ${found.expected}`);
    return { bytes: found.bytes, sha256, fromReel: false };
  });
}

type Found = { bytes: ArrayBuffer; expected: string | undefined };

async function readStored(name: SegmentName, attempt: Attempt, reach: Reach): Promise<Found | null> {
  const object = await reach.segments.get(segmentKey(name.station, attempt.origin, name.rendition, name.number));
  if (object === null) return null;
  const stored = object.checksums.sha256;
  return {
    bytes: await object.arrayBuffer(),
    expected: attempt.sha256 ?? (stored === undefined ? undefined : toHex(stored)),
  };
}

async function readDirect(
  name: SegmentName,
  attempt: Attempt,
  routing: Routing,
  reach: Reach,
  signal: AbortSignal,
): Promise<Found | null> {
  const origin = routing.origins[attempt.origin];
  if (origin === undefined) return null;
  const path = `${name.station}/${name.rendition}/${name.number}.ts`;
  const response = await askOrigin(origin, path, signal, reach);
  return { bytes: await readBounded(response, MAX_SEGMENT_BYTES), expected: attempt.sha256 ?? undefined };
}
