import { DEFAULT_RENDITIONS, programmePath } from "../../contracts/names.ts";
import { CHANNELS, frameAt, programmeTime, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { createProgrammes } from "../../origin/ingest/programmes.ts";
import { createSlicer } from "../../origin/packager/slicer.ts";
import { createStamper } from "../../origin/packager/stamper.ts";
import { Items } from "../../origin/programme/items.ts";
import { Levels } from "../../origin/programme/levels.ts";
import { PcmHistory } from "../../origin/programme/pcm-history.ts";
import { PcmRing } from "../../origin/programme/pcm-ring.ts";
import type { PcmSource } from "../../origin/programme/pcm-source.ts";
import { indexBody } from "../../origin/uploader/index-body.ts";
import { createSegmentStore } from "../../origin/uploader/segment-store.ts";
import { createUploadQueue } from "../../origin/uploader/upload-queue.ts";

/** A station's programme from PCM to the index, but for what runs in other processes, as fast as it goes. */
export type FastProgramme = {
  /** Makes so many frames more. */
  run(frames: number): void;
  /** What came out so far. */
  readonly made: { segments: number; indexes: number; indexBytes: number };
  close(): void;
};

const STATION = "demo";
const FRAMES_PER_SEGMENT = 150;
/** A track of two minutes. */
const TRACK_FRAMES = 5625;
/** What ffmpeg's pipe hands over at once, and does not end with a frame. */
const CHUNK_BYTES = 65_534;
const FRAME_BYTES = [120, 360];
const PATIENCE_MS = 1000;
const BEGIN = frameAt(Date.UTC(2026, 10, 22));

/** Time is that of the frames; encoders are stood in for by frames of about the right size. */
export function startFastProgramme(): FastProgramme {
  const first = BEGIN - (BEGIN % FRAMES_PER_SEGMENT);
  let frame = first;
  const clock: Clock = { now: () => programmeTime(frame), monotonic: () => programmeTime(frame - first) };
  const log = createLog({ write: (line) => process.stderr.write(line) });
  const made = { segments: 0, indexes: 0, indexBytes: 0 };

  const ring = new PcmRing(96_000);
  const history = new PcmHistory(first);
  const levels = new Levels(FRAMES_PER_SEGMENT);
  const items = new Items();
  const track: Omit<PcmSource, "heard"> & { heard: PcmSource["heard"] } = {
    id: "track",
    source: "autopilot",
    ready: true,
    starving: false,
    heard: { title: "", artist: "" },
    framesLeft: () => TRACK_FRAMES,
    read: () => {},
    pass: () => {},
  };

  const programmes = createProgrammes(log);
  const store = createSegmentStore({
    station: STATION,
    origin: "origin-1",
    framesPerSegment: FRAMES_PER_SEGMENT,
    clock,
  });
  const queue = createUploadQueue(clock);
  const lines = DEFAULT_RENDITIONS.map((rendition, place) => {
    const path = programmePath(STATION, rendition, DEFAULT_RENDITIONS);
    const publisher = programmes.publish(path);
    const slicer = createSlicer({
      station: STATION,
      rendition,
      framesPerSegment: FRAMES_PER_SEGMENT,
      clock,
      log,
      onSegment: (segment) => {
        made.segments += 1;
        store.add(segment);
        queue.add(segment);
      },
      onLost: () => {
        throw new Error("a segment was lost");
      },
    });
    const untap = programmes.tap(path, (tag) => slicer.push(tag));
    const stamper = createStamper({
      rendition,
      framesPerSegment: FRAMES_PER_SEGMENT,
      generation: 1,
      counter: 0,
      levelOf: (segment) => levels.of(segment),
      itemAt: (at) => items.at(at),
      next: () => [{ source: "autopilot", title: "what comes", artist: "somebody", frames: TRACK_FRAMES }],
      publisher,
    });
    return { stamper, untap, bytes: FRAME_BYTES[place] ?? 200 };
  });

  /** The edge takes everything at once. */
  function upload(): void {
    for (const copy of queue.takeStartable()) queue.settle(copy, "uploaded");
    const { copies } = queue.takeAnnounceable(PATIENCE_MS);
    if (copies.length === 0) return;
    for (const { segment } of copies) store.announce(segment.rendition, segment.number);
    made.indexes += 1;
    made.indexBytes = indexBody(store.announcedIndex()).length;
  }

  function makeFrame(): void {
    while (ring.fill < SAMPLES_PER_FRAME) ring.pushBytes(Buffer.allocUnsafe(CHUNK_BYTES).fill(frame % 251));
    const draft = history.draft();
    ring.read(draft.subarray(0, SAMPLES_PER_FRAME * CHANNELS));
    if ((frame - first) % TRACK_FRAMES === 0) track.heard = { title: `Track ${frame}`, artist: "somebody" };
    items.note(track, frame);
    levels.add(frame, draft);
    history.commit();
    for (const { stamper, bytes } of lines) stamper.frame(frame, Buffer.alloc(bytes + (frame % 90), frame % 256));
    if (frame % FRAMES_PER_SEGMENT === 0) upload();
    frame += 1;
  }

  return {
    made,
    run(frames) {
      for (let count = 0; count < frames; count += 1) makeFrame();
    },
    close() {
      for (const { untap } of lines) untap();
      programmes.close();
    },
  };
}
