import { z } from "zod";

const ms = z
  .int()
  .min(0)
  .max(7 * 86_400_000);
const few = z.int().min(1).max(20);

/** Every threshold by which control judges origins and acts on them; in ms unless it says otherwise. All may be set. */
export const HealthPolicy = z.strictObject({
  /** After its own start or absence control judges nobody for this long: it has not had the time to hear them. */
  graceMs: ms,
  /** A longer pause between two sweeps of its own is an absence. */
  absenceMs: ms,

  /** A studio that has been silent for longer is replaced: three heartbeats. */
  studioSilentMs: ms,
  /** It is replaced after less silence than that, one heartbeat overdue, if slicers say that its frames stopped. */
  studioQuietMs: ms,
  framesStoppedMs: ms,
  /** It is replaced though it is heard, when nobody, not even itself, has heard a frame for this long. */
  studioStuckMs: ms,

  /** Silence after which an origin is suspect, and is taken for dead if it does not upload either. */
  suspectSilentMs: ms,
  deadSilentMs: ms,
  /** A segment that is published within this time after it was due is on time: it had to be packed and uploaded. */
  uploadMs: ms,
  /** Silence after which it is evicted although it uploads: nobody can tell it anything any more. */
  mutedMs: ms,
  /** How long after its next segment was due an origin is suspect, and is taken for frozen, while peers are on time. */
  suspectLateMs: ms,
  frozenLateMs: ms,
  /** A process that began so lately may be late by as much: it starts, and then waits for its first whole segment. */
  startMs: ms,
  /** Of the newest segments of an origin, how many are compared with its peers'; a number. */
  comparedSegments: few,
  /** So many among them that differ from what most peers hold are too many; a number. */
  oddSegments: few,
  /** So many silent ones in a row, while a peer's are not, are too many; a number. */
  deadAirSegments: few,
  /** Root mean square at or below which a segment is silent, in dBFS. */
  silentDbfs: z.number().min(-120).max(-40),
  /** How far its clock may be off before it is suspect, and before it is evicted. */
  suspectClockMs: ms,
  wrongClockMs: ms,
  /** Rungs of the ladder by which a node says itself that it cannot be repaired there. */
  lastRungs: z.array(z.string().max(40)).max(20),
  /** A suspect that shows no sign any more is believed after this long. */
  clearMs: ms,

  /** Largest share of the origins at work that may be evicted within the window: 0 to 1, one is always allowed. */
  evictShare: z.number().min(0).max(1),
  evictWindowMs: ms,

  /** Consecutive segments that prove an origin fit for work; a number. */
  proofSegments: few,
  /** How long a trial may last, and how long a node may take to come back after it was recreated. */
  trialMs: ms,
  recreationMs: ms,
  /** So many failed tries in a row, and the node has failed; a number. */
  tries: few,
  /** From admission on, an origin's weight rises to its full one over this time. */
  rampMs: ms,
  /** The next trial comes no sooner than this after an eviction. */
  trialWaitMs: ms,
  /** The second eviction within memory waits this long for the next trial, each further one twice as long as the last. */
  relapseWaitMs: ms,
  relapseWaitMaxMs: ms,
  /** One eviction is forgotten after each such time. */
  relapseMemoryMs: ms,
  /** One more remembered eviction than this, and the node has failed; a number. */
  relapses: few,
  /** How long a draining origin goes on: listeners must have read past every playlist that names its segments. */
  drainMs: ms,
});
export type HealthPolicy = z.infer<typeof HealthPolicy>;

export const DEFAULT_HEALTH_POLICY: HealthPolicy = {
  graceMs: 10_000,
  absenceMs: 15_000,
  studioSilentMs: 6000,
  studioQuietMs: 2300,
  framesStoppedMs: 1000,
  studioStuckMs: 12_000,
  suspectSilentMs: 3000,
  deadSilentMs: 4000,
  uploadMs: 700,
  mutedMs: 60_000,
  suspectLateMs: 2500,
  frozenLateMs: 5000,
  startMs: 15_000,
  comparedSegments: 5,
  oddSegments: 2,
  deadAirSegments: 3,
  silentDbfs: -100,
  suspectClockMs: 1500,
  wrongClockMs: 10_000,
  lastRungs: ["report", "leave"],
  clearMs: 5000,
  evictShare: 0.67,
  evictWindowMs: 60_000,
  proofSegments: 5,
  trialMs: 60_000,
  recreationMs: 180_000,
  tries: 3,
  rampMs: 300_000,
  trialWaitMs: 10_000,
  relapseWaitMs: 60_000,
  relapseWaitMaxMs: 6 * 3_600_000,
  relapseMemoryMs: 3_600_000,
  relapses: 5,
  drainMs: 90_000,
};
