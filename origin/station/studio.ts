import type { DesiredStation } from "../../contracts/fleet.ts";
import { programmePath } from "../../contracts/names.ts";
import type { Published } from "../../contracts/published.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import type { Ingest, ProgrammePublisher } from "../ingest/server.ts";
import { createStamper, type Stamper } from "../packager/stamper.ts";
import type { Planned } from "../plan/plan-store.ts";
import type { PreparedFiles } from "../plan/prepared-cache.ts";
import { type Programme, startProgramme } from "../programme/programme.ts";
import type { AddressGuard } from "../relay/address.ts";
import { planStart } from "./plan-start.ts";

export type StudioOptions = {
  desired: DesiredStation;
  libraryFolder: string;
  planned(): Planned | null;
  prepared: PreparedFiles;
  relayGuard: AddressGuard;
  ffmpeg: { ffmpeg: string; ffprobe: string };
  ingest: Ingest;
  /** Where the station's segments end, as far as anyone knows. */
  ends: readonly (Published | null)[];
  onIncident(incident: { kind: string; message: string }): void;
  clock: Clock;
  log: Log;
};

export type Studio = {
  readonly generation: number;
  readonly programme: Programme;
  stop(): Promise<void>;
};

/** Makes a station's programme: encoded frames, stamped, published into node-media-server under one path a rendition. */
export function startStudio(options: StudioOptions): Studio {
  const { desired, ingest, clock, log } = options;
  const { slug, renditions, framesPerSegment, generation } = desired;
  const start = planStart(options.ends, framesPerSegment, clock.now());
  log.info("the studio starts", { generation, startFrame: start.startFrame });

  const publishers: ProgrammePublisher[] = [];
  const closePublishers = () => {
    for (const publisher of publishers) publisher.close();
  };
  const stampers = new Map<string, Stamper>();
  const startStamper = (rendition: string) => {
    const publisher = ingest.publishProgramme(programmePath(slug, rendition, renditions));
    publishers.push(publisher);
    return createStamper({
      rendition,
      framesPerSegment,
      generation,
      counter: start.counters[rendition] ?? 0,
      levelOf: (segment) => programme.levelOf(segment),
      itemAt: (frame) => programme.itemAt(frame),
      next: () => programme.next(),
      publisher,
    });
  };

  let programme: Programme;
  try {
    for (const rendition of renditions) stampers.set(rendition, startStamper(rendition));
    programme = startProgramme({
      station: slug,
      renditions,
      framesPerSegment,
      libraryFolder: options.libraryFolder,
      planned: options.planned,
      prepared: options.prepared,
      relayGuard: options.relayGuard,
      ffmpeg: options.ffmpeg,
      startFrame: start.startFrame,
      liveAllowed: desired.liveAllowed,
      liveSilenceSeconds: desired.liveSilenceSeconds,
      onFrame: (rendition, frame, data) => stampers.get(rendition)?.frame(frame, data),
      onIncident: options.onIncident,
      clock,
      log,
    });
  } catch (thrown) {
    // A path that keeps its publisher would turn away the next attempt.
    closePublishers();
    throw thrown;
  }

  return {
    generation,
    programme,
    async stop() {
      await programme.stop();
      closePublishers();
    },
  };
}
