import type { MediaId } from "../../contracts/media.ts";
import type { Source } from "../../contracts/programme-item.ts";

/** What is heard at a source's present place. A new object means that a new item has begun. */
export type Heard = {
  readonly title: string;
  readonly artist: string;
  /** Who is live. */
  readonly host?: string | null;
  /** The file of the library that is played. */
  readonly media?: MediaId | null;
  /** Hash of the cover, where there is one. */
  readonly cover?: string | null;
};

/** Something the programme can be made of, as 48 kHz stereo. */
export type PcmSource = {
  /** Tells two hosts apart. */
  readonly id: string;
  readonly source: Source;
  /** Enough is queued to go on air. */
  readonly ready: boolean;
  /** Little more is queued than a crossfade away takes, and nothing says that more will come in time. */
  readonly starving: boolean;
  /** It plays, but has not been heard for as long as the operator allows. Absent: it never is. */
  readonly silent?: boolean;
  /** It leaves in good order, since nothing more is to come for now; it may be back as soon as it is ready. */
  readonly isOver?: boolean;
  readonly heard: Heard;
  /** Frames until the present item ends, seen from `frame`; null where nobody knows. */
  framesLeft(frame: number): number | null;
  /** Fills one frame. */
  read(out: Int16Array, frame: number): void;
  /** Time passes the source by while another is on air. */
  pass(frame: number): void;
};
