import type { Facts } from "./facts.ts";
import type { HealthPolicy } from "./health-policy.ts";

/** One reason to doubt an origin. A grave one is reason enough to evict it. */
export type Sign = { grave: boolean; reason: string };

/** All that speaks against an origin now, the gravest first. */
export function signsOf(facts: Facts, policy: HealthPolicy): Sign[] {
  const signs = [silence, lastRung, lateness, divergence, deadAir, wrongClock].flatMap(
    (look) => look(facts, policy) ?? [],
  );
  return signs.toSorted((one, other) => Number(other.grave) - Number(one.grave));
}

type Look = (facts: Facts, policy: HealthPolicy) => Sign | null;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const silence: Look = ({ silentMs, othersHeard, lateMs }, policy) => {
  if (!othersHeard || silentMs <= policy.suspectSilentMs) return null;
  const uploads = lateMs !== null && lateMs <= policy.uploadMs;
  const grave = silentMs > (uploads ? policy.mutedMs : policy.deadSilentMs);
  return { grave, reason: `silent for ${seconds(silentMs)}${uploads ? ", though it uploads" : ""}` };
};

const lastRung: Look = ({ rung }, policy) =>
  rung !== null && policy.lastRungs.includes(rung)
    ? { grave: true, reason: `it gives up itself, at rung ${rung}` }
    : null;

const lateness: Look = ({ lateMs, peersOnTime, startedMs }, policy) => {
  if (lateMs === null || !peersOnTime || lateMs <= policy.suspectLateMs) return null;
  return {
    grave: lateMs > (startedMs <= policy.startMs ? policy.startMs : policy.frozenLateMs),
    reason: `its next segment is ${seconds(lateMs)} late, its peers' are not`,
  };
};

const divergence: Look = ({ oddSegments, disputedSegments }, policy) => {
  if (oddSegments > 0) {
    return {
      grave: oddSegments >= policy.oddSegments,
      reason: `${oddSegments} of its segments differ from what most peers hold`,
    };
  }
  if (disputedSegments > 0) {
    return {
      grave: false,
      reason: `${disputedSegments} of its segments differ from its one peer's: nobody knows whose are right`,
    };
  }
  return null;
};

const deadAir: Look = ({ deadAirSegments }, policy) =>
  deadAirSegments > 0
    ? {
        grave: deadAirSegments >= policy.deadAirSegments,
        reason: `${deadAirSegments} segments of dead air that its peers do not have`,
      }
    : null;

const wrongClock: Look = ({ clockOffMs }, policy) => {
  const off = Math.abs(clockOffMs ?? 0);
  return off > policy.suspectClockMs
    ? { grave: off > policy.wrongClockMs, reason: `its clock is ${seconds(off)} off` }
    : null;
};
