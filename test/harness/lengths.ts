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
/** In each, two origins die, one is frozen and one cannot upload. */
export const EVICTION_ROUNDS = LONG ? 10 : 1;
/** For the slowest single test, ms. */
export const PATIENCE_MS = LONG ? 900_000 : 150_000;
