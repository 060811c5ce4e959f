import { join } from "node:path";
import type { DesiredStation, StationReport } from "../../contracts/fleet.ts";
import type { Published } from "../../contracts/published.ts";
import { segmentTime } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import type { Part } from "../agent/rungs.ts";
import type { StationFacts } from "../agent/trouble.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import type { Ingest } from "../ingest/server.ts";
import { startPlanStore } from "../plan/plan-store.ts";
import type { Provided } from "../plan/prefetch.ts";
import type { PreparedFiles } from "../plan/prepared-cache.ts";
import type { AddressGuard } from "../relay/address.ts";
import type { Fetch } from "../uploader/edge-request.ts";
import { readPublishedAnswer } from "../uploader/published.ts";
import { createSegmentStore, type SegmentStore } from "../uploader/segment-store.ts";
import { createUploader, type Uploader } from "../uploader/uploader.ts";
import { ownEnd, primeFromEdge, publishedEnd } from "./ends.ts";
import type { StationFigures } from "./figures.ts";
import { createLiveHosts, type LiveDestination } from "./live-hosts.ts";
import { type Slicing, startSlicing } from "./slicing.ts";
import { type Studio, startStudio } from "./studio.ts";
import { succession, watchForSuccessor } from "./successor.ts";

export type StationOptions = {
  origin: string;
  desired: DesiredStation;
  edgeUrl: string;
  token(): string | null;
  libraryFolder: string;
  /** Where the station's plan is remembered. */
  planFolder: string;
  prepared: PreparedFiles;
  /** Says where relays may lead. */
  relayGuard: AddressGuard;
  ffmpeg: { ffmpeg: string; ffprobe: string };
  ingest: Ingest;
  /** How the edge is asked. */
  fetch?: Fetch;
  /** Ms since control last answered; null when it never did. */
  controlSilentMs(): number | null;
  onIncident(kind: string, station: string, message: string): void;
  clock: Clock;
  log: Log;
};

export type Station = {
  readonly store: SegmentStore;
  readonly desired: DesiredStation;
  /** Turns the station into what is desired now; calls that overlap end in the newest. */
  become(desired: DesiredStation): void;
  /** `release` for a host that another origin hands on: lets go of it without ending it there. */
  takeLive(feed: LiveFeed, release?: () => void): void;
  hasLive(): boolean;
  /** With this other origins hand their hosts on to here; null where the programme is not made. */
  feedSecret(): string | null;
  report(): StationReport;
  /** For those who measure. */
  figures(): StationFigures;
  /** What is to be fetched for it ahead of need; null while no plan of it is known. */
  provided(): Provided | null;
  /** For the ladder: how it does. */
  facts(): StationFacts;
  /** For the ladder: restarts one part, and nothing else. */
  restart(part: Exclude<Part, "ingest">): Promise<void>;
  /** Ends what is done here; what is sliced has `drainMs` to be uploaded. */
  stop(drainMs?: number): Promise<void>;
};

/** What the station is on this node; another form is another studio, generation or role. */
const formOf = ({ studio, generation, roles }: DesiredStation) => JSON.stringify([studio, generation, roles]);

/** One station on this origin: makes its programme where this is the studio, and slices and uploads it. */
export function startStation(options: StationOptions): Station {
  const { origin, edgeUrl, token, clock, ingest, fetch = globalThis.fetch } = options;
  const { slug, framesPerSegment } = options.desired;
  const log = options.log.with({ station: slug });
  const store = createSegmentStore({ station: slug, origin, framesPerSegment, clock });
  const uploader: Uploader = createUploader({ edgeUrl, station: slug, origin, token, store, clock, log, fetch });
  const hosts = createLiveHosts(log);
  const edge = { edgeUrl, station: slug, token, fetch };
  const report = ({ kind, message }: { kind: string; message: string }) => options.onIncident(kind, slug, message);
  const plans = startPlanStore({ edge, folder: options.planFolder, onIncident: report, log });

  let desired = options.desired;
  let studio: Studio | null = null;
  let slicing: (Slicing & { source: string }) | null = null;
  let formedAt = clock.monotonic();
  let sliced: number | null = null;
  let stopped = false;
  let turning: Promise<void> = primeFromEdge(store, edge, log);

  const isStudio = () => desired.studio?.origin === origin && desired.roles.includes("studio");

  async function stopStudio(): Promise<void> {
    hosts.route({ kind: "nowhere" });
    await studio?.stop();
    studio = null;
  }

  async function stopSlicing(): Promise<void> {
    await slicing?.stop();
    slicing = null;
  }

  async function turnStudio(): Promise<void> {
    if (studio !== null && (!isStudio() || studio.generation !== desired.generation)) {
      log.info("the studio stops", { generation: studio.generation });
      await stopStudio();
    }
    if (studio === null && isStudio()) {
      // Slicers that hear this node's programme must be there before its first frame.
      await turnSlicing();
      await plans.recalled;
      const ends = [await publishedEnd(edge, log), ownEnd(store.index())];
      studio = startStudio({
        desired,
        libraryFolder: join(options.libraryFolder, slug),
        planned: plans.current,
        prepared: options.prepared,
        relayGuard: options.relayGuard,
        ffmpeg: options.ffmpeg,
        ingest,
        ends,
        onIncident: report,
        clock,
        log,
      });
    }
    studio?.programme.setLiveAllowed(desired.liveAllowed);
    studio?.programme.setLiveSilence(desired.liveSilenceSeconds);
  }

  async function turnSlicing(): Promise<void> {
    const source = sourceOf();
    if (slicing?.source === source) return;
    await stopSlicing();
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
    const stepsDown = studio !== null && !isStudio();
    await turnStudio();
    await turnSlicing();
    hosts.route(destination());
    if (stepsDown) yieldTo(await publishedEnd(edge, log));
  }

  /** What a newer studio has published already need not be uploaded from here in its older form. */
  function yieldTo(published: Published | null): void {
    if (published !== null) uploader.yieldTo(published);
  }

  /** Does one thing after another: what is asked for meanwhile waits. */
  function inTurn(what: () => Promise<void>): Promise<void> {
    turning = turning.then(what).catch((thrown) => {
      log.error("the station could not become what is desired", { error: describe(thrown) });
    });
    return turning;
  }

  function become(next: DesiredStation): void {
    if (formOf(next) !== formOf(desired)) formedAt = clock.monotonic();
    desired = next;
    void inTurn(turn);
  }

  const successor = watchForSuccessor({
    controlSilentMs: options.controlSilentMs,
    ask: () => readPublishedAnswer(edge),
    onAnswer(answer) {
      const next = succession(origin, desired, answer);
      if (next === null) return;
      log.warn("control is silent: following what the edge tells", {
        generation: next.generation,
        studio: next.studio,
      });
      become(next);
    },
    log,
  });

  /** Ms since the end of a segment on the programme's clock. */
  const ageOf = (segment: number | null) =>
    segment === null ? null : clock.now() - segmentTime(segment + 1, framesPerSegment);

  async function restart(part: Exclude<Part, "ingest">): Promise<void> {
    if (part === "uploader") return uploader.restart();
    return inTurn(async () => {
      await (part === "programme" ? stopStudio() : stopSlicing());
      await turn();
    });
  }

  void inTurn(turn);
  return {
    store,
    get desired() {
      return desired;
    },
    become,
    takeLive: (feed, release) => hosts.add(feed, release),
    hasLive: () => studio?.programme.status().isTaken ?? false,
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
        heardMs: slicing === null ? null : Math.round(slicing.heardMs().any),
        live: status?.live ?? (guest && { keyId: guest.key.id, name: guest.key.name, onAir: false }),
        relays: status?.relays ?? [],
      };
    },
    figures() {
      const plan = plans.current()?.plan;
      return {
        programme: studio?.programme.status() ?? null,
        slicing: slicing?.counts() ?? new Map(),
        slicedMs: ageOf(sliced),
        publishedMs: ageOf(uploader.status().published),
        upload: uploader.figures(),
        plan: plan === undefined ? null : { version: plan.version, publishedAt: plan.publishedAt },
      };
    },
    provided() {
      const planned = plans.current();
      return planned && { edge, rundown: planned.rundown };
    },
    facts: () => ({
      slug,
      framesPerSegment,
      studio: slicing === null ? null : isStudio() ? "here" : desired.studio,
      settledMs: clock.monotonic() - formedAt,
      mixedBehindMs: studio?.programme.status().latenessMs ?? null,
      frameMs: slicing?.heardMs().every ?? null,
      slicedMs: ageOf(sliced),
      publishedMs: ageOf(uploader.status().published),
      uploadError: uploader.status().lastError,
    }),
    restart,
    async stop(drainMs = 0) {
      stopped = true;
      const watchEnds = Promise.all([successor.stop(), plans.stop()]);
      await turning;
      hosts.stop();
      await studio?.stop();
      await stopSlicing();
      await uploader.drain(drainMs);
      await uploader.stop();
      await watchEnds;
    },
  };
}
