import { createHash } from "node:crypto";
import { PLAYLIST_TYPE, SEGMENT_TYPE } from "../../contracts/playlist.ts";
import { SEGMENT_LENGTHS, segmentSeconds, segmentTime } from "../../contracts/timeline.ts";
import {
  judgePlaylist,
  type MediaPlaylist,
  PlaylistError,
  readMediaPlaylist,
} from "../../test/harness/playlist-check.ts";
import { judgeSegment, type SegmentEnd } from "../../test/harness/segment-check.ts";
import type { Answer, Untold } from "./ask.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";
import type { RegisteredStation } from "./gather-control.ts";
import type { RenditionFacts, SegmentFacts, StationFacts } from "./gather-station.ts";

/** Behind the programme's own time, at the newest segment. */
const LATE_SEGMENTS = 3;
const LATE_MS = 4000;
/** What a cache may keep a multivariant playlist for. */
const MULTIVARIANT_SECONDS = 60;
/** Of a wrong row, as many are told. */
const TOLD = 3;

/** One station as a player finds it. `edgeHost` is where the Worker is: what lies elsewhere lies in an open bucket. */
export function checkStation(facts: StationFacts, registered: RegisteredStation | null, edgeHost: string): Finding[] {
  const { slug, multivariant } = facts;
  const about = `station ${slug}`;
  if (!isGood(multivariant)) {
    const toDo = "See whether the station exists, and whether an origin is at work for it.";
    return [fault(about, `The playlist of ${slug} cannot be had: ${reason(multivariant)}.`, toDo, "station-silent")];
  }
  const findings = [
    ...checkHeaders(about, "The playlist", multivariant, PLAYLIST_TYPE, MULTIVARIANT_SECONDS),
    ...missingRenditions(about, facts, registered?.renditions ?? []),
    ...facts.renditions.flatMap((rendition) => checkRendition(about, rendition, edgeHost)),
    ...checkHealth(about, facts),
    ...(registered ? checkStudio(about, registered) : []),
  ];
  if (findings.length > 0) return findings;
  const names = facts.renditions.map(({ rendition }) => rendition).join(" and ");
  return [
    ok(about, `${slug} is on air, in ${names}: playlists advance, segments are sound, all origins have the same.`),
  ];
}

function missingRenditions(about: string, { renditions }: StationFacts, wanted: readonly string[]): Finding[] {
  const missing = wanted.filter((name) => !renditions.some(({ rendition }) => rendition === name));
  if (missing.length === 0 && renditions.length > 0) return [];
  const toDo = "Wait some seconds after a change of renditions; then see what the edge's routing says of the station.";
  return [
    fault(about, `The playlist does not offer ${missing.join(", ") || "any rendition"}.`, toDo, "routing-missing"),
  ];
}

function checkRendition(about: string, facts: RenditionFacts, edgeHost: string): Finding[] {
  const { rendition, first, later, laterAt, url } = facts;
  if (!isGood(first) || !isGood(later)) {
    const why = reason(isGood(first) ? later : first);
    return [
      fault(
        about,
        `The playlist of ${rendition} cannot be had: ${why}.`,
        "See whether an origin is at work for it.",
        "station-silent",
      ),
    ];
  }
  const read = readBoth(first, later);
  if (typeof read === "string") {
    const toDo = "Report it with the playlist: no release may serve such a one.";
    return [fault(about, `The playlist of ${rendition} is not as RFC 8216 wants it: ${read}.`, toDo, "playlist-wrong")];
  }
  const [before, now] = read;
  const framesPerSegment = lengthOf(now);
  const seconds = segmentSeconds(framesPerSegment);
  const findings: Finding[] = [];
  const [last, lastBefore] = [newest(now), newest(before)];
  if (last <= lastBefore) {
    const toDo =
      "See whether a cache keeps playlists (cache rules, browser cache TTL), then whether the origins upload.";
    findings.push(fault(about, `The playlist of ${rendition} stands still at ${last}.`, toDo, "playlist-wrong"));
  }
  const problems = judgePlaylist(now, before, framesPerSegment);
  if (problems.length > 0) {
    const toDo = "Report it with both playlists: players may stall at it.";
    findings.push(
      fault(about, `The playlist of ${rendition} is off the timeline: ${some(problems)}.`, toDo, "playlist-wrong"),
    );
  }
  const lateMs = laterAt - segmentTime(last + 1, framesPerSegment);
  if (last > lastBefore && lateMs > LATE_SEGMENTS * seconds * 1000 + LATE_MS) {
    const says = `${rendition} is ${(lateMs / 1000).toFixed(0)} s behind the clock at its newest segment.`;
    findings.push(
      warning(about, says, "See upload latency and queue of its origins, and this machine's clock.", "playlist-wrong"),
    );
  }
  const name = `The playlist of ${rendition}`;
  findings.push(...checkHeaders(about, name, later, PLAYLIST_TYPE, Math.ceil(seconds)));
  return [...findings, ...checkSegments(about, facts.segments, framesPerSegment, new URL(url).host, edgeHost)];
}

function checkSegments(
  about: string,
  segments: readonly SegmentFacts[],
  framesPerSegment: number,
  playlistHost: string,
  edgeHost: string,
): Finding[] {
  const findings: Finding[] = [];
  let before: SegmentEnd | null = null;
  for (const { url, first, again } of segments) {
    const { pathname, host } = new URL(url);
    if (!isGood(first)) {
      const toDo = "A playlist may name only what can be fetched: see R2, and whether a cache kept an older 404.";
      findings.push(
        fault(about, `${pathname} is listed and cannot be fetched: ${reason(first)}.`, toDo, "playlist-wrong"),
      );
      continue;
    }
    const { problems, end } = judgeSegment(
      first.body,
      Number(/(\d+)\.ts$/.exec(pathname)?.[1]),
      framesPerSegment,
      before,
    );
    before = end;
    if (problems.length > 0) {
      const says = `${pathname} is not a sound transport stream: ${some(problems)}.`;
      findings.push(fault(about, says, "See which origin it is of (?origin=), and evict that one.", "playlist-wrong"));
    }
    findings.push(...checkHeaders(about, pathname, first, SEGMENT_TYPE, null));
    findings.push(...checkHash(about, pathname, first));
    if (host !== edgeHost || playlistHost !== edgeHost) findings.push(...checkBucketCache(about, host, again));
  }
  return findings;
}

/** The edge tags a segment with its hash: whoever changed the bytes on the way is found out. */
function checkHash(about: string, path: string, { headers, body }: Answer): Finding[] {
  const tag = /^"([0-9a-f]{64})"$/.exec(headers.etag ?? "")?.[1];
  if (tag === undefined || tag === createHash("sha256").update(body).digest("hex")) return [];
  const toDo = "Something between changes the bytes: see the domain's optimisations (compression, transform rules).";
  return [fault(about, `${path} did not arrive as it was sent.`, toDo, "domain-and-cache")];
}

/** What lies in an open bucket costs nothing when a cache has it, and too much when none does. */
function checkBucketCache(about: string, host: string, again: Answer | Untold): Finding[] {
  if (host.endsWith(".r2.dev")) {
    const toDo = "Give the bucket a custom domain, and set SEGMENTS_URL to it.";
    return [fault(about, `Segments come from ${host}, which is throttled and never cached.`, toDo, "domain-and-cache")];
  }
  const state = "headers" in again ? again.headers["cf-cache-status"] : undefined;
  if (state === undefined || state === "HIT" || state === "REVALIDATED") return [];
  const toDo = "Add a cache rule for the domain: eligible for cache, edge TTL and browser TTL by the origin's header.";
  return [warning(about, `Segments at ${host} are not cached: cf-cache-status ${state}.`, toDo, "domain-and-cache")];
}

/** `maxSeconds`: what a cache may keep it for; null: for long. */
function checkHeaders(
  about: string,
  name: string,
  { headers }: Answer,
  type: string,
  maxSeconds: number | null,
): Finding[] {
  const findings: Finding[] = [];
  const say = (says: string, toDo: string) =>
    findings.push(warning(about, `${name} ${says}.`, toDo, "domain-and-cache"));
  const found = headers["content-type"]?.split(";")[0];
  if (found?.toLowerCase() !== type)
    say(
      `has the type ${found ?? "of nothing"} in place of ${type}`,
      "See what rewrites it: transform rules, or the bucket's metadata.",
    );
  if (headers["access-control-allow-origin"] !== "*") {
    say(
      "may not be read by pages of other sites (access-control-allow-origin is not *)",
      "See what takes the header away; for a bucket set its CORS rules.",
    );
  }
  const control = headers["cache-control"];
  const age = Number(/(?:^|[\s,])max-age=(\d+)/.exec(control ?? "")?.[1] ?? 0);
  if (control === undefined) say("has no cache-control", "Let the domain respect the headers of the origin.");
  else if (maxSeconds !== null && age > maxSeconds) {
    const toDo = 'Set the domain\'s browser cache TTL to "Respect Existing Headers", and no edge TTL that overrides.';
    findings.push(
      fault(
        about,
        `${name} may be kept for ${age} s, where ${maxSeconds} s are the most: players would stall.`,
        toDo,
        "domain-and-cache",
      ),
    );
  }
  return findings;
}

function checkHealth(about: string, { slug, health }: StationFacts): Finding[] {
  if (!health.ok) {
    const says = `The edge does not say how ${slug} is: ${health.why}.`;
    return [warning(about, says, "Ask again; then look at the edge's log.", "edge-away")];
  }
  const { listed, origins } = health.value;
  const findings: Finding[] = [];
  if (listed.some(({ reel }) => reel)) {
    const toDo = "See why no origin publishes: the findings of the origins, and the incidents of the station.";
    findings.push(fault(about, `Listeners of ${slug} hear the reel, for no origin publishes.`, toDo, "station-silent"));
  }
  for (const { origin, differing } of origins.filter((seen) => seen.differing.length > 0)) {
    const says = `${origin} has other bytes than its peers in ${differing.length} segments of ${slug}.`;
    const toDo = `Control evicts it by itself; if not: POST /api/v1/origins/${origin}/evict, and keep its log.`;
    findings.push(fault(about, says, toDo, "eviction-held"));
  }
  return findings;
}

function checkStudio(about: string, { slug, studio, source }: RegisteredStation): Finding[] {
  if (studio === null) {
    const toDo = "See whether an origin with the role studio is alive and active.";
    return [fault(about, `Nobody makes the programme of ${slug}.`, toDo, "studio-missing")];
  }
  if (source !== "slate") return [];
  const says = `${slug} plays its slate, the last resort.`;
  return [fault(about, says, "See whether its library is there, and can be read on the studio.", "slate-on-air")];
}

function readBoth(first: Answer, later: Answer): [MediaPlaylist, MediaPlaylist] | string {
  try {
    return [readMediaPlaylist(first.body.toString()), readMediaPlaylist(later.body.toString())];
  } catch (thrown) {
    if (thrown instanceof PlaylistError) return thrown.message;
    throw thrown;
  }
}

/** The segment length that its EXTINF says. */
function lengthOf({ entries }: MediaPlaylist): number {
  const seconds = entries[0]?.seconds ?? 0;
  return SEGMENT_LENGTHS.find((length) => Math.abs(segmentSeconds(length) - seconds) < 0.01) ?? SEGMENT_LENGTHS[0];
}

const newest = ({ mediaSequence, entries }: MediaPlaylist) => mediaSequence + entries.length - 1;
const isGood = (answer: Answer | Untold): answer is Answer => !("ok" in answer) && answer.status === 200;
const reason = (answer: Answer | Untold) => ("ok" in answer ? answer.why : `it answered ${answer.status}`);
const some = (problems: readonly string[]) => problems.slice(0, TOLD).join("; ");
