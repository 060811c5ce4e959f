/**
 * How long the tests of the whole take. `LONG=1` is what a release must stand (ten minutes of listening, twenty live
 * switches, a minute without R2); without it they are short enough for every change.
 */
export const LONG = process.env.LONG === "1";

export const LISTENING_SECONDS = LONG ? 600 : 25;
export const LIVE_SWITCHES = LONG ? 20 : 4;
export const OUTAGE_SECONDS = LONG ? 60 : 12;
/** How long one part of the radio is away, or lies. */
export const FAULT_SECONDS = LONG ? 60 : 12;
export const DATABASE_OUTAGE_SECONDS = LONG ? 300 : 12;
/** How long an origin suffers; it was noticed after five. */
export const ORIGIN_FAULT_SECONDS = LONG ? 30 : 15;
/** How often some origins die, are frozen or cannot upload, all at once, and how many of each. */
export const EVICTION_ROUNDS = LONG ? 4 : 1;
export const EVICTED_AT_ONCE = LONG ? { dead: 5, frozen: 3, stale: 3 } : { dead: 2, frozen: 1, stale: 1 };
/** For the slowest single test, ms. */
export const PATIENCE_MS = LONG ? 900_000 : 150_000;
