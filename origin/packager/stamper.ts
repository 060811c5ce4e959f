import type { RenditionName } from "../../contracts/names.ts";
import type { ProgrammeItem, UpcomingItem } from "../../contracts/programme-item.ts";
import { type Level, STAMP_EVENT, Stamp } from "../../contracts/stamp.ts";
import { firstFrame, rtmpTimestampOf, segmentOf } from "../../contracts/timeline.ts";
import { AUDIO_SPECIFIC_CONFIG } from "./aac.ts";
import { countAudioPackets } from "./transport-stream.ts";

/** Where a stamped rendition goes. Timestamps are those of RTMP, in ms. */
export type StampedPublisher = {
  header(config: Buffer, timestamp: number): void;
  frame(data: Buffer, timestamp: number): void;
  script(event: string, body: string, timestamp: number): void;
};

export type StamperOptions = {
  rendition: RenditionName;
  framesPerSegment: number;
  generation: number;
  /** Continuity counter of the first segment that will be stamped. */
  counter: number;
  /** Level of a segment that was just made; null when it is not known. */
  levelOf(segment: number): Level | null;
  itemAt(frame: number): ProgrammeItem | null;
  next(): UpcomingItem[];
  publisher: StampedPublisher;
};

export type Stamper = {
  /** Publishes a frame; the frames of a rendition come in order, each once. */
  frame(frame: number, data: Buffer): void;
  /** The AAC header goes out again before the next frame. */
  repeatHeader(): void;
};

/** A title that breaks the contract costs the title, never the segment. */
const SentStamp = Stamp.extend({
  closes: Stamp.shape.closes.catch(null),
  item: Stamp.shape.item.catch(null),
  next: Stamp.shape.next.catch([]),
});

/**
 * The studio's side of invariant 2: publishes one rendition and puts a stamp before the first frame of each segment.
 * What comes before the first segment boundary goes out unstamped, so no slicer makes a segment of it.
 */
export function createStamper(options: StamperOptions): Stamper {
  const { rendition, framesPerSegment, generation, publisher } = options;
  let { counter } = options;
  let headerDue = true;
  /** The segment that is being made and the sizes of its frames so far; null where its beginning or a frame is missing. */
  let making: { segment: number; frameSizes: number[] } | null = null;

  function beginSegment(frame: number): void {
    const segment = segmentOf(frame, framesPerSegment);
    const made = making?.segment === segment - 1 && making.frameSizes.length === framesPerSegment;
    if (making !== null && made) counter = (counter + countAudioPackets(making.frameSizes)) % 16;
    making = { segment, frameSizes: [] };
    const stamp = SentStamp.parse({
      rendition,
      framesPerSegment,
      segment,
      generation,
      counter,
      closes: made ? options.levelOf(segment - 1) : null,
      item: options.itemAt(frame),
      next: options.next(),
    });
    publisher.script(STAMP_EVENT, JSON.stringify(stamp), rtmpTimestampOf(frame));
  }

  return {
    frame(frame, data) {
      const timestamp = rtmpTimestampOf(frame);
      if (headerDue) publisher.header(AUDIO_SPECIFIC_CONFIG, timestamp);
      headerDue = false;
      if (frame % framesPerSegment === 0) beginSegment(frame);
      if (making !== null && frame !== firstFrame(making.segment, framesPerSegment) + making.frameSizes.length) {
        making = null;
      }
      making?.frameSizes.push(data.length);
      publisher.frame(data, timestamp);
    },
    repeatHeader() {
      headerDue = true;
    },
  };
}
