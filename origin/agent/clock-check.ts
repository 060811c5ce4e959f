/** A node whose clock is further off than this would put its segments under wrong numbers. */
export const CLOCK_TOLERANCE_MS = 1000;

export type ClockReading = {
  /** Our clock when the question left and when the answer came. */
  sentAt: number;
  receivedAt: number;
  /** The other's clock while it answered. */
  serverNow: number;
};

/** How far our clock is ahead at least, in ms; 0 when the answer's travel time can explain all of the difference. */
export function clockOffset(reading: ClockReading): number {
  if (reading.serverNow < reading.sentAt) return reading.sentAt - reading.serverNow;
  if (reading.serverNow > reading.receivedAt) return reading.receivedAt - reading.serverNow;
  return 0;
}

export function clockIsRight(reading: ClockReading): boolean {
  return Math.abs(clockOffset(reading)) <= CLOCK_TOLERANCE_MS;
}
