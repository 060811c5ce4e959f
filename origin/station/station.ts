import { join } from "node:path";
import type { DesiredStation, StationReport } from "../../contracts/fleet.ts";
import type { Published } from "../../contracts/published.ts";
import { counterAfter, type StationIndex } from "../../contracts/station-index.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import type { Ingest } from "../ingest/server.ts";
import { readOwnIndex, readPublished } from "../uploader/published.ts";
import { createSegmentStore, type SegmentStore } from "../uploader/segment-store.ts";
import { createUploader, type Uploader } from "../uploader/uploader.ts";
import { createLiveHosts, type LiveDestination } from "./live-hosts.ts";
import { startSlicing } from "./slicing.ts";
import { type Studio, startStudio } from "./studio.ts";

export type StationOptions = {
  origin: string;
  desired: DesiredStation;
  edgeUrl: string;
  token(): string | null;
  libraryFolder: string;
  ffmpeg: { ffmpeg: string; ffprobe: string };
  ingest: Ingest;
  onIncident(kind: string, station: string, message: string): void;
  clock: Clock;
  log: Log;
};

export type Station = {
  readonly store: SegmentStore;
  readonly desired: DesiredStation;
  /** Turns the station into what is desired now; calls that overlap end in the newest. */
  become(desired: DesiredStation): void;
  takeLive(feed: LiveFeed): void;
  hasLive(): boolean;
  /** With this other origins hand their hosts on to here; null where the programme is not made. */
  feedSecret(): string | null;
  report(): StationReport;
  stop(): Promise<void>;
};

/** One station on this origin: makes its programme where this is the studio, and slices and uploads it. */
export function startStation(options: StationOptions): Station {
  const { origin, edgeUrl, token, clock, ingest } = options;
  const { slug, framesPerSegment } = options.desired;
  const log = options.log.with({ station: slug });
  const store = createSegmentStore({ station: slug, origin, framesPerSegment, clock });
  const uploader: Uploader = createUploader({ edgeUrl, station: slug, origin, token, store, clock, log });
  const hosts = createLiveHosts(log);
  const at = { edgeUrl, station: slug, token };

  let desired = options.desired;
  let studio: Studio | null = null;
  let slicing: { source: string; stop(): Promise<void> } | null = null;
  let sliced: number | null = null;
  let stopped = false;
  let turning: Promise<void> = prime();

  /** After a restart: what was listed stays listed. */
  async function prime(): Promise<void> {
    try {
      const index = await readOwnIndex(at);
      if (index !== null && index.framesPerSegment === framesPerSegment) store.prime(index);
    } catch (thrown) {
      log.warn("the index of before the restart cannot be read", { error: describe(thrown) });
    }
  }

  async function publishedEnd(): Promise<Published | null> {
    try {
      return await readPublished(at);
    } catch (thrown) {
      log.warn("what is published cannot be read", { error: describe(thrown) });
      return null;
    }
  }

  const isStudio = () => desired.studio?.origin === origin && desired.roles.includes("studio");

  async function turnStudio(): Promise<void> {
    if (studio !== null && (!isStudio() || studio.generation !== desired.generation)) {
      log.info("the studio stops", { generation: studio.generation });
      hosts.route({ kind: "nowhere" });
      await studio.stop();
      studio = null;
    }
    if (studio === null && isStudio()) {
      // Slicers that hear this node's programme must be there before its first frame.
      await turnSlicing();
      const ends = [await publishedEnd(), ownEnd(store.index())];
      studio = startStudio({
        desired,
        libraryFolder: join(options.libraryFolder, slug),
        ffmpeg: options.ffmpeg,
        ingest,
        ends,
        onIncident: ({ kind, message }) => options.onIncident(kind, slug, message),
        clock,
        log,
      });
    }
    studio?.programme.setLiveAllowed(desired.liveAllowed);
  }

  async function turnSlicing(): Promise<void> {
    const source = sourceOf();
    if (slicing?.source === source) return;
    await slicing?.stop();
    slicing = null;
    if (source === null) return;
    slicing = {
      source,
      ...startSlicing({
        desired,
        ingest,
        studioUrl: source === "here" ? null : source,
        onSegment(segment) {
          sliced = Math.max(sliced ?? 0, segment.number);
          uploader.add(segment);
        },
        clock,
        log,
      }),
    };
  }

  function sourceOf(): string | null {
    if (isStudio()) return "here";
    return desired.roles.includes("slicer") ? (desired.studio?.url ?? null) : null;
  }

  function destination(): LiveDestination {
    if (studio !== null) return { kind: "here", programme: studio.programme };
    if (desired.studio === null || isStudio()) return { kind: "nowhere" };
    return { kind: "studio", url: desired.studio.url, station: slug, secret: desired.feedSecret };
  }

  async function turn(): Promise<void> {
    if (stopped) return;
    await turnStudio();
    await turnSlicing();
    hosts.route(destination());
  }

  function become(next: DesiredStation): void {
    desired = next;
    turning = turning.then(turn).catch((thrown) => {
      log.error("the station could not become what is desired", { error: describe(thrown) });
    });
  }

  become(desired);
  return {
    store,
    get desired() {
      return desired;
    },
    become,
    takeLive: (feed) => hosts.add(feed),
    hasLive: () => studio?.programme.status().live != null,
    feedSecret: () => (studio === null ? null : desired.feedSecret),
    report() {
      const status = studio?.programme.status() ?? null;
      const guest = hosts.newest();
      const { published, queued } = uploader.status();
      return {
        slug,
        roles: desired.roles,
        generation: studio?.generation ?? desired.generation,
        source: status?.source ?? null,
        sliced,
        published,
        queued,
        live: status?.live ?? (guest && { keyId: guest.key.id, name: guest.key.name, onAir: false }),
      };
    },
    async stop() {
      stopped = true;
      await turning;
      hosts.stop();
      await slicing?.stop();
      await studio?.stop();
      await uploader.stop();
    },
  };
}

/** Where this node's own segments end. */
function ownEnd(index: StationIndex): Published | null {
  const last = index.segments.at(-1);
  if (last === undefined) return null;
  const counters: Published["counters"] = {};
  for (const [rendition, copy] of Object.entries(last.renditions)) {
    if (copy !== undefined) counters[rendition] = counterAfter(copy);
  }
  return { segment: last.number, generation: last.generation, counters };
}
