/** What every listener tells, whichever player it is. */
export type Stall = {
  /** When the sound stopped, Unix ms. */
  at: number;
  seconds: number;
};

export type Heard = {
  player: string;
  /** When the first sound came, Unix ms; null before. */
  since: number | null;
  /** Seconds of sound that were played. */
  seconds: number;
  /** A stall that is still going on is the last one. */
  stalls: Stall[];
  /** What the player complained of, and its end where nobody asked for it. */
  problems: string[];
};

export type Listener = {
  heard(): Heard;
  /** Ends the player and tells what was heard until then. */
  stop(): Promise<Heard>;
};
