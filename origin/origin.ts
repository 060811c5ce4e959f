import { join } from "node:path";
import { z } from "zod";
import { RELEASE, WIRE } from "../contracts/version.ts";
import type { Clock } from "../kit/clock.ts";
import { describe, type Log } from "../kit/log.ts";
import { startLoop } from "../kit/loop.ts";
import { type Agent, startAgent } from "./agent/agent.ts";
import type { ClockReading } from "./agent/clock-check.ts";
import { createControlClient } from "./agent/control-client.ts";
import { createIncidentQueue } from "./agent/incident-queue.ts";
import type { Ladder } from "./agent/ladder-watch.ts";
import { startNodeLadder } from "./agent/node-ladder.ts";
import { recall, remember } from "./agent/node-memory.ts";
import { authorizer } from "./agent/stream-keys.ts";
import type { ExitCode } from "./exit-codes.ts";
import { edgeOnly } from "./http/edge-only.ts";
import { healthRoutes } from "./http/health.ts";
import { playlistRoutes } from "./http/playlists.ts";
import { startHttpServer } from "./http/server.ts";
import { acceptFeed } from "./ingest/feed-forward.ts";
import { startIngest } from "./ingest/server.ts";
import { createJobClient } from "./jobs/job-client.ts";
import { startJobs } from "./jobs/jobs.ts";
import { createNodeLoad } from "./jobs/node-load.ts";
import { watchEventLoop } from "./metrics/event-loop.ts";
import { metricsRoutes } from "./metrics/routes.ts";
import { startPrefetch } from "./plan/prefetch.ts";
import { openPreparedCache } from "./plan/prepared-cache.ts";
import { findFfmpeg } from "./process/ffmpeg.ts";
import { startMemoryKeeper } from "./process/memory.ts";
import { outsideTraces, tracingFetch } from "./process/trace.ts";
import { createAddressGuard } from "./relay/address.ts";
import type { Settings } from "./settings.ts";
import { newestGeneration, publishedEnd } from "./station/ends.ts";
import { madeBy, untilSucceeded } from "./station/handover.ts";
import { createStations } from "./station/stations.ts";
import { urgencyOf } from "./station/urgency.ts";

const CONTROL_TIMEOUT_MS = 5000;

/** A node that leaves waits so long for its studios to be given away, for their successors, and for its uploads. */
const GIVE_AWAY_MS = 2000;
const SUCCESSOR_MS = 6000;
const UPLOAD_MS = 8000;
const URGENCY_MS = 250;

export type Origin = {
  readonly httpPort: number;
  readonly rtmpPort: number;
  /** Leaves in good order: control hears of it, studios move, what is sliced is uploaded; 17 s at the most. */
  stop(): Promise<void>;
};

/** Builds a node out of its parts and starts it. */
export async function startOrigin(options: {
  settings: Settings;
  environment: Record<string, string | undefined>;
  instance: string;
  /** Called when only a new process can help. */
  end(code: ExitCode): void;
  clock: Clock;
  log: Log;
}): Promise<Origin> {
  const { settings, clock, log } = options;
  const { originId } = settings;
  const ffmpeg = findFfmpeg(options.environment);
  log.info("ffmpeg found", { path: ffmpeg.ffmpeg, from: ffmpeg.from });

  const { memory, problem } = await recall(settings.dataFolder);
  if (problem !== null) log.warn("starting without memory", { problem });
  let token = memory.token;
  const incidents = createIncidentQueue(clock, log);
  const send = tracingFetch(fetch, log);

  const ingest = await startIngest({
    host: settings.host,
    port: settings.rtmpPort,
    authorize: authorizer((slug) => stations.get(slug)?.desired ?? null),
    onLive: (feed) => {
      const station = stations.get(feed.station);
      if (station === null) feed.close("the station is not here");
      else station.takeLive(feed);
    },
    onRefused: ({ station, remote, reason }) =>
      incidents.add("publisher-refused", station, `a publisher from ${remote} was refused: ${reason}`),
    clock,
    log,
  });

  const prepared = await openPreparedCache({
    folder: join(settings.dataFolder, "prepared"),
    limitBytes: settings.cacheBytes,
    clock,
    log,
  });

  const stations = createStations(
    {
      origin: originId,
      edgeUrl: settings.edgeUrl,
      token: () => token,
      libraryFolder: settings.libraryFolder,
      planFolder: join(settings.dataFolder, "plans"),
      prepared,
      relayGuard: createAddressGuard(settings.isPrivateRelayAllowed),
      ffmpeg,
      ingest,
      fetch: send,
      controlSilentMs: () => agent.controlSilentMs(),
      onIncident: (kind, station, message) => incidents.add(kind, station, message),
      clock,
      log,
    },
    log,
  );

  const prefetch = startPrefetch({
    stations: () => stations.all().flatMap((station) => station.provided() ?? []),
    cache: prepared,
    clock,
    log,
  });

  let stopping = false;
  const askEdgeForTime = () => askForTime(`${settings.edgeUrl}/healthz`, clock, log);
  const agent: Agent = startAgent({
    registration: {
      id: originId,
      instance: options.instance,
      url: settings.publicUrl,
      rtmpUrl: settings.rtmpUrl,
      roles: ["studio", "slicer"],
      version: RELEASE,
      wire: WIRE,
    },
    enrolToken: settings.enrolToken,
    client: createControlClient(settings.controlUrl, { timeoutMs: CONTROL_TIMEOUT_MS, fetch: send }),
    memory,
    remember: async (next) => {
      token = next.token;
      await remember(settings.dataFolder, next);
    },
    incidents,
    report: () => stations.report(),
    ladder: () => ladder.standing(),
    apply: (desired) => {
      if (!stopping) outsideTraces(() => stations.apply(desired));
    },
    askEdgeForTime,
    newestGeneration: (station) =>
      newestGeneration({ edgeUrl: settings.edgeUrl, station, token: () => token }, originId, log),
    clock,
    log,
  });

  const ladder: Ladder = startNodeLadder({
    originId,
    host: settings.host,
    dataFolder: settings.dataFolder,
    edgeUrl: settings.edgeUrl,
    token: () => token,
    stations,
    ingest,
    http: () => http,
    agent,
    askEdgeForTime,
    incidents,
    end: options.end,
    clock,
    log,
  });

  const rung = () => ladder.standing().rung;
  const jobs = settings.takesJobs
    ? startJobs({
        client: createJobClient({ controlUrl: settings.controlUrl, origin: originId, token: () => token, fetch: send }),
        binaries: ffmpeg,
        dataFolder: settings.dataFolder,
        load: createNodeLoad({
          dataFolder: settings.dataFolder,
          rung,
          studios: () => stations.all().filter((station) => station.facts().studio === "here").length,
        }),
        rung,
        clock,
        log,
      })
    : null;

  let urgency = "";
  const urgencyLoop = startLoop(
    "what cannot wait",
    URGENCY_MS,
    async () => {
      const present = urgencyOf(stations.report());
      if (present !== urgency) agent.beatNow();
      urgency = present;
    },
    log,
  );

  const memoryKeeper = startMemoryKeeper();
  const eventLoop = watchEventLoop(clock);
  const http = await startHttpServer({
    host: settings.host,
    port: settings.httpPort,
    streams: [
      ingest.serveFlv,
      (request, response) =>
        acceptFeed(request, response, {
          secretOf: (slug) => stations.get(slug)?.feedSecret() ?? null,
          hasLive: (slug) => stations.get(slug)?.hasLive() ?? false,
          onLive: (feed, release) => stations.get(feed.station)?.takeLive(feed, release),
          clock,
          log,
        }),
    ],
    routes: [
      healthRoutes({ originId, stations, agent, ladder }),
      metricsRoutes({
        version: RELEASE,
        dataFolder: settings.dataFolder,
        cacheBytes: settings.cacheBytes,
        ladder,
        agent,
        incidents,
        prepared,
        jobs,
        eventLoop,
        stations,
        token: settings.metricsToken,
        isClosed: settings.edgeOnly,
      }),
      playlistRoutes(stations, settings.edgeOnly ? edgeOnly({ token: () => token, clock }) : null),
    ],
    log,
  });

  return {
    httpPort: http.port,
    rtmpPort: ingest.port,
    async stop() {
      const ladderEnds = ladder.stop();
      const jobsEnd = jobs?.stop();
      const given = madeBy(
        originId,
        stations.all().map(({ desired }) => desired),
      );
      await agent.leave(GIVE_AWAY_MS);
      await untilSucceeded({
        origin: originId,
        given,
        desired: (slug) => stations.get(slug)?.desired ?? null,
        publishedGeneration: async (station) => {
          const edge = { edgeUrl: settings.edgeUrl, station, token: () => token };
          return (await publishedEnd(edge, log))?.generation ?? null;
        },
        withinMs: SUCCESSOR_MS,
        clock,
        log,
      });
      stopping = true;
      await prefetch.stop();
      await stations.stop(UPLOAD_MS);
      await urgencyLoop.stop();
      await agent.stop();
      await ingest.close();
      await http.close();
      await ladderEnds;
      await jobsEnd;
      memoryKeeper.stop();
      eventLoop.stop();
    },
  };
}

const TimeAnswer = z.object({ now: z.number() });

async function askForTime(url: string, clock: Clock, log: Log): Promise<ClockReading | null> {
  const sentAt = clock.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    const { now } = TimeAnswer.parse(await response.json());
    return { sentAt, receivedAt: clock.now(), serverNow: now };
  } catch (thrown) {
    log.warn("the edge does not tell the time", { error: describe(thrown) });
    return null;
  }
}
