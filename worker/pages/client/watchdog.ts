import { backoff } from "../../../kit/retry.ts";

/** Whether sound comes, and when to begin anew: pure, so that the player's patience can be read and tested. */

/** Sound that has not advanced for this long is said to wait. */
const WAITING_MS = 1500;
/** Without sound for this long, the engine is given up and opened anew at the live edge. */
const PATIENCE_MS = 10_000;
/** Sound that lasted this long makes earlier failures forgotten. */
const STEADY_MS = 20_000;
const RETRY = { firstMs: 500, maxMs: 8000 };

export type Watch = {
  /** When the present engine was opened. */
  openedAt: number;
  /** Where the sound was when it last advanced, and when that was. */
  position: number;
  advancedAt: number;
  /** Sound has come from the present engine. */
  heard: boolean;
  /** Sound has come since the listener pressed play. */
  everHeard: boolean;
  /** Engines opened anew since sound was last steady. */
  attempt: number;
  /** When to open a new engine; null while the present one has our trust. */
  retryAt: number | null;
};

/** The listener pressed play at `now` ms, with the audio element at `position`. */
export function startWatch(now: number, position: number): Watch {
  return { openedAt: now, position, advancedAt: now, heard: false, everHeard: false, attempt: 0, retryAt: null };
}

/** A look at the audio element. When sound has failed for too long, the retry is set. */
export function observe(watch: Watch, position: number, now: number, random: () => number): Watch {
  if (watch.retryAt !== null) return watch;
  if (position !== watch.position) {
    const steady = watch.heard && now - watch.openedAt > STEADY_MS;
    // The first move may be the jump to the live edge; sound moves on from there.
    const heard = watch.advancedAt > watch.openedAt;
    const attempt = steady ? 0 : watch.attempt;
    return { ...watch, position, advancedAt: now, heard, everHeard: watch.everHeard || heard, attempt };
  }
  return now - watch.advancedAt > PATIENCE_MS ? fail(watch, now, random) : watch;
}

/** The engine can't go on: a new one is due, the later the more often it happened. */
export function fail(watch: Watch, now: number, random: () => number): Watch {
  return watch.retryAt !== null ? watch : { ...watch, retryAt: now + backoff(watch.attempt, RETRY, random) };
}

/** The network is back, the page is looked at again: whatever waits is due now. */
export function hurry(watch: Watch, now: number): Watch {
  return watch.retryAt === null ? watch : { ...watch, retryAt: now };
}

/** A new engine was opened. */
export function reopen(watch: Watch, now: number): Watch {
  const attempt = watch.attempt + 1;
  return { ...watch, openedAt: now, position: 0, advancedAt: now, heard: false, attempt, retryAt: null };
}

export function isDue(watch: Watch, now: number): boolean {
  return watch.retryAt !== null && now >= watch.retryAt;
}

export type PlaybackState = "paused" | "connecting" | "playing" | "waiting" | "reconnecting";

/** What a listener would call it. No watch: nothing is wanted. */
export function stateOf(watch: Watch | null, now: number): PlaybackState {
  if (watch === null) return "paused";
  if (watch.retryAt === null && watch.heard) return now - watch.advancedAt > WAITING_MS ? "waiting" : "playing";
  return watch.attempt > 0 || watch.retryAt !== null || watch.everHeard ? "reconnecting" : "connecting";
}
