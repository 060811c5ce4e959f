/** Bounds of the play history, in ms unless it says otherwise. */
export const HISTORY = {
  /** How many indexes are read at once: a number. */
  parallelReads: 8,
  readTimeoutMs: 5000,
  /** D1 takes a hundred values a statement: rows of an insert. */
  rowsPerInsert: 10,
  /** Rows of an export that are read at once. */
  exportRows: 1000,
  /** The longest time that one export tells of. */
  exportMs: 400 * 86_400_000,
  /** What an export tells of when it is not asked otherwise. */
  usualExportMs: 31 * 86_400_000,
  /** Rows that are forgotten at once: a minute later it goes on. */
  prunedRows: 5000,
} as const;
