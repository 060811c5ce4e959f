import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { Registry, Station } from "../registry/registry.ts";
import type { HealthPolicy } from "./health-policy.ts";
import type { Heard } from "./hearing.ts";

/** A studio that another should replace now. */
export type LostStudio = { studio: OriginId; reason: string };

export type StudioView = {
  judging: boolean;
  heard: readonly Heard[];
  /** How long the present studio has been known to be it, in ms. */
  studioAgeMs(station: StationSlug): number;
};

/**
 * The stations whose studio is lost sooner than its silence alone would say: it leaves in good order; or it is overdue
 * and the slicers say that its frames have stopped; or it is heard, but none of several others hears its frames, or
 * nobody at all, itself included.
 */
export function lostStudios(
  { stations }: Registry,
  view: StudioView,
  policy: HealthPolicy,
): Map<StationSlug, LostStudio> {
  const lost = new Map<StationSlug, LostStudio>();
  for (const station of stations) {
    const reason = station.studio === null ? null : reasonToLeave(station, station.studio, view, policy);
    if (station.studio !== null && reason !== null) lost.set(station.slug, { studio: station.studio, reason });
  }
  return lost;
}

function reasonToLeave(
  { slug }: Station,
  studio: OriginId,
  { judging, heard, studioAgeMs }: StudioView,
  policy: HealthPolicy,
): string | null {
  const own = heard.find(({ origin }) => origin === studio);
  if (own?.leaving) return `${studio} is leaving`;
  // One that has just become studio needs its time to begin, and slicers still count from the end of the one before.
  const ageMs = studioAgeMs(slug);
  if (!judging || !own || ageMs <= policy.studioSilentMs) return null;
  const reports = heard.flatMap(({ origin, silentMs, stations }) => {
    const heardMs = stations.find((report) => report.slug === slug)?.heardMs ?? null;
    return heardMs === null || silentMs > policy.studioSilentMs ? [] : [{ origin, silentMs, heardMs }];
  });
  const peers = reports.filter(({ origin }) => origin !== studio);
  const isFrameless = ({ silentMs, heardMs }: { silentMs: number; heardMs: number }) =>
    silentMs + heardMs >= policy.framesStoppedMs;
  const haveStopped = peers.some(({ heardMs }) => heardMs >= policy.framesStoppedMs) && peers.every(isFrameless);
  if (own.silentMs > policy.studioQuietMs && haveStopped) {
    return `${studio} is overdue, and its frames have stopped`;
  }
  // Who hears nothing counts from when it was told of this studio. One that no other has heard yet may still begin:
  // replaced any sooner, studios that are slow to begin would replace one another for ever.
  const wasHeard = peers.some(({ silentMs, heardMs }) => silentMs + heardMs < ageMs - policy.suspectSilentMs);
  const hasBegun = wasHeard || ageMs > policy.studioStuckMs;
  // Of two who hear different things nobody knows who is deaf; of three it is the one whom the others do not hear.
  const isCutOff = hasBegun && peers.length > 1 && peers.every(({ heardMs }) => heardMs >= policy.suspectSilentMs);
  if (isCutOff) return `${studio}'s frames reach none of the others`;
  const isStuck = ageMs > policy.studioStuckMs && reports.every(({ heardMs }) => heardMs >= policy.studioStuckMs);
  return isStuck && reports.length > 0 ? `nobody hears ${studio}'s frames` : null;
}
