import type { OriginId, RenditionName } from "../../contracts/names.ts";
import type { IndexedSegment } from "../../contracts/station-index.ts";
import { segmentAt, segmentTime } from "../../contracts/timeline.ts";
import type { HealthPolicy } from "./health-policy.ts";

/** What the edge holds of one origin in one station, by that origin's index. */
export type Holding = {
  origin: OriginId;
  /** Its word counts against others'; one on trial is only measured by them. */
  isAtWork: boolean;
  /** Unix ms: what it published before proves nothing. */
  since: number;
  /** Newest first. */
  segments: readonly IndexedSegment[];
};

export type Comparison = {
  oddSegments: number;
  disputedSegments: number;
  deadAirSegments: number;
  provenSegments: number;
};

export type ComparedStation = { framesPerSegment: number; renditions: readonly RenditionName[] };

/**
 * Compares what the origins of a station hold, hash by hash. Of three copies or more of the same generation the odd
 * one is wrong; of two nobody knows which. `now` is Unix ms.
 */
export function compareHoldings(
  station: ComparedStation,
  holdings: readonly Holding[],
  policy: HealthPolicy,
  now: number,
): Map<OriginId, Comparison> {
  return new Map(
    holdings.map((holding) => {
      const others = holdings.filter(({ origin }) => origin !== holding.origin);
      const atWork = others.filter((other) => other.isAtWork);
      const verdicts = holding.segments
        .slice(0, policy.comparedSegments)
        .map((segment) => verdictOn(segment, copiesOf(segment, atWork)));
      return [
        holding.origin,
        {
          oddSegments: verdicts.filter((verdict) => verdict === "odd").length,
          disputedSegments: verdicts.filter((verdict) => verdict === "disputed").length,
          deadAirSegments: deadAir(holding.segments, atWork, policy),
          provenSegments: proven(station, holding, atWork.length > 0 ? atWork : others, policy, now),
        },
      ];
    }),
  );
}

/** The peers' copies of the same segment and generation. */
function copiesOf({ number, generation }: IndexedSegment, peers: readonly Holding[]): IndexedSegment[] {
  return peers.flatMap(
    ({ segments }) => segments.find((other) => other.number === number && other.generation === generation) ?? [],
  );
}

type Verdict = "same" | "disputed" | "odd";

function verdictOn(segment: IndexedSegment, copies: readonly IndexedSegment[]): Verdict {
  const verdicts = Object.entries(segment.renditions).map(([rendition, copy]): Verdict => {
    const hashes = copies.flatMap((other) => other.renditions[rendition]?.sha256 ?? []);
    const like = hashes.filter((hash) => hash === copy?.sha256).length;
    if (like === hashes.length) return "same";
    const most = Math.max(...hashes.map((hash) => hashes.filter((other) => other === hash).length));
    if (most > (hashes.length + 1) / 2) return "odd";
    return like + 1 > (hashes.length + 1) / 2 ? "same" : "disputed";
  });
  return verdicts.find((verdict) => verdict === "odd") ?? verdicts.find((verdict) => verdict === "disputed") ?? "same";
}

function deadAir(segments: readonly IndexedSegment[], peers: readonly Holding[], { silentDbfs }: HealthPolicy): number {
  const isHeardElsewhere = (number: number) =>
    peers.some((peer) => peer.segments.some((other) => other.number === number && other.level.rms > silentDbfs));
  const isFine = segments.findIndex(({ number, level }) => level.rms > silentDbfs || !isHeardElsewhere(number));
  return isFine === -1 ? segments.length : isFine;
}

/** How many segments in a row, back from the newest that can be judged, are whole, on time and the same as the peers'. */
function proven(
  { framesPerSegment, renditions }: ComparedStation,
  { since, segments }: Holding,
  peers: readonly Holding[],
  policy: HealthPolicy,
  now: number,
): number {
  const newest = segments[0]?.number ?? 0;
  if (lateMs(newest, framesPerSegment, now) > policy.suspectLateMs) return 0;
  const known = peers.some(
    (peer) => lateMs(peer.segments[0]?.number ?? 0, framesPerSegment, now) <= policy.suspectLateMs,
  );
  let count = 0;
  for (const [index, segment] of segments.entries()) {
    if (segment.number !== newest - index || segmentTime(segment.number, framesPerSegment) < since) break;
    if (renditions.some((rendition) => !segment.renditions[rendition])) break;
    const copies = copiesOf(segment, peers);
    if (copies.length === 0 && known) {
      if (count > 0) break;
      continue;
    }
    if (copies.length === 0 ? segment.level.rms <= policy.silentDbfs : verdictOn(segment, copies) !== "same") break;
    count += 1;
  }
  return count;
}

/** Ms since the segment after `newest` was due; negative while it is not. */
export function lateMs(newest: number, framesPerSegment: number, now: number): number {
  return now - segmentTime(newest + 2, framesPerSegment);
}

/** The highest number that may exist at `now` (Unix ms): what lies beyond it nobody can have made. */
export function latestSegment(framesPerSegment: number, now: number): number {
  return segmentAt(now, framesPerSegment) + 1;
}

/** Newest first, without what lies in the future. */
export function credible(segments: readonly IndexedSegment[], framesPerSegment: number, now: number): IndexedSegment[] {
  const latest = latestSegment(framesPerSegment, now);
  return segments.filter(({ number }) => number <= latest).toSorted((one, other) => other.number - one.number);
}
