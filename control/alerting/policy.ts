/** Every threshold of alerting, in ms unless it says otherwise. */
export const ALERTING = {
  /** Pause between two looks at what is wrong. */
  everyMs: 1500,
  /** A fault that comes back sooner is the same fault: its alert stays open for this long after the cause is gone. */
  clearMs: 60_000,
  /** An incident that is read later than this after it happened is news to nobody. */
  incidentFreshMs: 10 * 60_000,
  /** A plan that has been tried for so long is told of: the cron has failed at it twice. */
  planAfterMs: 150_000,
  /** Bounds of one sweep: incidents read, alerts raised, contacts known. */
  incidentsPerSweep: 100,
  raisedPerSweep: 20,
  contacts: 200,
  /** A critical alert that nobody acknowledges goes to the next contact after this, unless a setting says otherwise. */
  escalateAfterMs: 15 * 60_000,
  /** Bounds of one delivery: messages looked at, and sent. */
  messagesPerRound: 200,
  sendsPerRound: 8,
  sendTimeoutMs: 8000,
  /** What a delivery has taken is nobody else's for this long; should its process end, it is sent again after. */
  claimMs: 60_000,
  attempts: 8,
  backoff: { firstMs: 5000, maxMs: 10 * 60_000 },
  /** More messages than this to one person become one summary. A number. */
  summariseAbove: 3,
  summaryLines: 8,
  /** Who got this many messages within the window gets only one, a summary, in each pause. */
  floodMessages: 5,
  floodWindowMs: 10 * 60_000,
  floodPauseMs: 2 * 60_000,
  /** How long resolved alerts are kept. */
  keptMs: 90 * 86_400_000,
} as const;
