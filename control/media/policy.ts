/** Bounds of the library, in ms and bytes unless it says otherwise. */
export const MEDIA = {
  /** Each part of an upload but the last; R2 wants equal parts of 5 MiB at least. */
  partBytes: 8 << 20,
  /** What Cloudflare takes in one request, on its smaller plans. */
  maxRequestBytes: 100_000_000,
  /** Files of a station, and uploads of a station that are under way: numbers. */
  filesPerStation: 20_000,
  uploadsPerStation: 100,
  /** An upload that nothing happens to for so long is given up. */
  uploadKeptMs: 24 * 3_600_000,
  /** What was deleted can be restored for so long. */
  deletedKeptMs: 30 * 86_400_000,
  /** Time limits: of a part or a file on its way in, of putting parts together, of reading a file once through. */
  transferTimeoutMs: 600_000,
  assembleTimeoutMs: 60_000,
  hashTimeoutMs: 300_000,
  /** How long an address to listen to a file by hand is good for, and one that is given away at most. */
  auditionMs: 10 * 60_000,
  maxLinkMs: 7 * 86_400_000,
  /** What is public is brought in line again for so long after a change. */
  alignMs: 10 * 60_000,
  /** How much the minute's cron does of each kind: a number. */
  perCron: 50,
} as const;
