/**
 * In lengths of a segment: a number that is so late is heard from the reel. The player nearest to the edge, our own
 * page, has half a second left to play then; and a studio that restarts or is replaced has had the time for it.
 */
const PATIENCE = 0.75;
/** Numbers in a row that may come after their time before the timetable gives in to a programme grown slower. */
const LATE_IN_A_ROW = 3;

export type Timetable = {
  /** Takes in a number that exists, in ascending order, with the Unix ms at which it was published. */
  add(number: number, publishedAt: number): void;
  /** When a number after the last one taken in is expected to be published. */
  dueAt(number: number): number;
  /** When the reel is heard under that number if it does not come. */
  reelAt(number: number): number;
  /** The last number under which the reel is heard by `now`, when nothing else comes. */
  reelThrough(now: number): number;
};

/**
 * When each number is due. One follows the other by the length of a segment (`length`, ms), reckoned from the last
 * one that was in time: one that comes when the reel is already heard under it moves nothing, so that no number which
 * was listed is withdrawn.
 */
export function createTimetable(length: number): Timetable {
  let last: { number: number; at: number } | null = null;
  let late = 0;
  const dueAt = (number: number) => (last === null ? 0 : last.at + (number - last.number) * length);

  return {
    add(number, publishedAt) {
      const lateness = last === null ? 0 : (publishedAt - dueAt(number)) / length;
      late = lateness < PATIENCE ? 0 : late + 1;
      const listedBeyond = Math.max(0, Math.floor(lateness - PATIENCE));
      const follows = late === 0 || late >= LATE_IN_A_ROW;
      last = { number, at: follows ? publishedAt - listedBeyond * length : dueAt(number) };
      if (follows) late = 0;
    },
    dueAt,
    reelAt: (number) => dueAt(number) + PATIENCE * length,
    reelThrough: (now) => (last === null ? -1 : last.number + Math.floor((now - last.at) / length - PATIENCE)),
  };
}
