/** Bounds of the schedule, in ms unless it says otherwise. */
export const SCHEDULE = {
  /** Numbers. */
  playlistsPerStation: 200,
  entriesPerPlaylist: 10_000,
  entriesPerStation: 1000,
  /** How far ahead a plan goes; it is built anew long before that, and origins go on by it while control is away. */
  horizonMs: 14 * 86_400_000,
  /** What plays now follows from what was on, too. */
  pastMs: 86_400_000,
  rebuildMs: 12 * 3_600_000,
  /** A file that was changed while a plan was built may have been read before; it is looked at again for so long. */
  overlapMs: 10_000,
  /** A plan begins to decide so long after it was published: by then every origin has it. */
  leadMs: 30_000,
  /** The longest time of which occurrences or the rundown are told at once. */
  occurrencesMs: 62 * 86_400_000,
  rundownMs: 24 * 3_600_000,
  /** Stations whose plan the minute's cron looks after: a number. */
  plansPerCron: 50,
  bucketTimeoutMs: 10_000,
} as const;
