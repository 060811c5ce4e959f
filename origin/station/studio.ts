import type { DesiredStation } from "../../contracts/fleet.ts";
import { programmePath } from "../../contracts/names.ts";
import type { Published } from "../../contracts/published.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import type { Ingest } from "../ingest/server.ts";
import { createStamper } from "../packager/stamper.ts";
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

  const lines = new Map(
    renditions.map((rendition) => {
      const publisher = ingest.publishProgramme(programmePath(slug, rendition, renditions));
      const stamper = createStamper({
        rendition,
        framesPerSegment,
        generation,
        counter: start.counters[rendition] ?? 0,
        levelOf: (segment) => programme.levelOf(segment),
        itemAt: (frame) => programme.itemAt(frame),
        next: () => programme.next(),
        publisher,
      });
      return [rendition, { publisher, stamper }] as const;
    }),
  );

  const programme: Programme = startProgramme({
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
    onFrame: (rendition, frame, data) => lines.get(rendition)?.stamper.frame(frame, data),
    onIncident: options.onIncident,
    clock,
    log,
  });

  return {
    generation,
    programme,
    async stop() {
      await programme.stop();
      for (const { publisher } of lines.values()) publisher.close();
    },
  };
}
