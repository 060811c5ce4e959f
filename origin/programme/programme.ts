import type { RenditionName } from "../../contracts/names.ts";
import type { ProgrammeItem, Source, UpcomingItem } from "../../contracts/programme-item.ts";
import type { RelayReport } from "../../contracts/relay.ts";
import type { Level } from "../../contracts/stamp.ts";
import {
  CHANNELS,
  firstFrame,
  frameAt,
  programmeTime,
  SAMPLES_PER_FRAME,
  segmentOf,
} from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import type { Planned } from "../plan/plan-store.ts";
import type { PreparedFiles } from "../plan/prepared-cache.ts";
import type { AddressGuard } from "../relay/address.ts";
import { RelayDesk } from "../relay/relay-desk.ts";
import { Autopilot } from "./autopilot.ts";
import { warmUp } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import { createIncidentGate, type Incident } from "./incident-gate.ts";
import { Items } from "./items.ts";
import { Levels } from "./levels.ts";
import { startLibrary } from "./library.ts";
import { LiveSource } from "./live.ts";
import { LiveDesk } from "./live-desk.ts";
import { type LiveHost, mayGoLive } from "./may-go-live.ts";
import { createPacer } from "./pacer.ts";
import { isWorthWaiting } from "./patience.ts";
import { HISTORY_FRAMES, PcmHistory } from "./pcm-history.ts";
import { RundownSource } from "./rundown/rundown-source.ts";
import { createSlate } from "./slate.ts";
import { Switcher } from "./switcher.ts";

export type ProgrammeOptions = {
  station: string;
  renditions: readonly RenditionName[];
  framesPerSegment: number;
  /** Audio files of the station at any depth; may be empty, and may change at any time. */
  libraryFolder: string;
  /** What the station is to play; null where only the folder says. */
  planned(): Planned | null;
  /** The files that the rundown names. */
  prepared: PreparedFiles;
  /** Says where relays may lead. */
  relayGuard: AddressGuard;
  ffmpeg: { ffmpeg: string; ffprobe: string };
  /** First frame to make: one in the past is caught up with; null means the next segment boundary. */
  startFrame: number | null;
  liveAllowed: boolean;
  /** How long a live host or a relay may be silent before the next source takes over; 0: for ever. */
  liveSilenceSeconds: number;
  /** Raw AAC access units, contiguous in each rendition. */
  onFrame(rendition: RenditionName, frame: number, data: Buffer): void;
  /** Each cause is reported once, not in floods. */
  onIncident(incident: Incident): void;
  clock: Clock;
  log: Log;
  /** Ms between two looks at the library folder. */
  rescanMs?: number;
};

export type ProgrammeStatus = {
  source: Source;
  live: { keyId: string; name: string; onAir: boolean } | null;
  /** Whether a newer host is turned away. */
  isTaken: boolean;
  /** Frame to be mixed next. */
  frame: number;
  encoderRestarts: Record<string, number>;
  /** Frames that are mixed and not yet encoded. */
  encoderLag: Record<string, number>;
  /** How far the next frame is behind wall time; negative before a start in the future. */
  latenessMs: number;
  liveBufferMs: number | null;
  relays: RelayReport[];
};

export type Programme = {
  /** Takes a host's feed, which replaces an earlier one as soon as its audio is steady. */
  offerLive(feed: LiveFeed): void;
  setLiveAllowed(allowed: boolean): void;
  setLiveSilence(seconds: number): void;
  /** Level of a segment that was mixed completely, else null; kept for the last 8 segments. */
  levelOf(segment: number): Level | null;
  itemAt(frame: number): ProgrammeItem | null;
  /** Up to 5. */
  next(): UpcomingItem[];
  status(): ProgrammeStatus;
  /** Ends every process and timer; live feeds are closed. */
  stop(): Promise<void>;
};

const TICK_MS = 20;
/** 120 s. What lies further back is not made any more. */
const MOST_FRAMES_BEHIND = 5625;
/** Frames of the history that stay free, for an encoder that has to begin anew. */
const HISTORY_RESERVE = 4;
/** Live belongs to now: it waits until the programme is as near to the clock as this. */
const AT_CLOCK_FRAMES = 8;
const UPCOMING_ITEMS = 5;

/** Makes a station's programme: mixes what is on air frame by frame, at the clock's pace, into one encoder a rendition. */
export function startProgramme(options: ProgrammeOptions): Programme {
  const { framesPerSegment, clock } = options;
  const log = options.log.with({ station: options.station });
  const report = createIncidentGate(clock, options.onIncident);
  const pacer = createPacer(clock);
  const boundaryFrom = (frame: number) =>
    firstFrame(segmentOf(frame + framesPerSegment - 1, framesPerSegment), framesPerSegment);
  const earliest = () => boundaryFrom(frameAt(pacer.now()) - MOST_FRAMES_BEHIND);

  const first = Math.max(options.startFrame ?? boundaryFrom(frameAt(pacer.now()) + 1), earliest());
  const history = new PcmHistory(first);
  const levels = new Levels(framesPerSegment);
  const items = new Items();
  const outgoing = new Int16Array(SAMPLES_PER_FRAME * CHANNELS);
  const warm = warmUp(options.ffmpeg);
  const library = startLibrary({ ...options, folder: options.libraryFolder, log, onIncident: options.onIncident });
  const autopilot = new Autopilot(library, log);
  const rundown = new RundownSource({
    rundown: () => options.planned()?.rundown ?? null,
    files: options.prepared,
    onIncident: report,
    log,
  });
  const players = [rundown, autopilot];
  const slate = createSlate();
  const admits = (host: LiveHost) => mayGoLive(options.planned()?.plan ?? { slots: [] }, history.next, host);
  let silenceSeconds = options.liveSilenceSeconds;
  const liveDesk = new LiveDesk({
    isAllowed: options.liveAllowed,
    admits,
    firstFrame: first,
    silenceSeconds,
    onIncident: options.onIncident,
    clock,
    log,
  });
  const relayDesk = new RelayDesk({
    planned: options.planned,
    ffmpeg: options.ffmpeg.ffmpeg,
    guard: options.relayGuard,
    silenceSeconds: () => silenceSeconds,
    onIncident: options.onIncident,
    clock,
    log,
  });
  const switcher = new Switcher(log, (starved) => {
    const isLost = starved instanceof LiveSource && !starved.hasEnded;
    if (isLost) report({ kind: "live-lost", message: `${starved.heard.title}: audio stopped arriving` }, starved.id);
  });
  const encoders = options.renditions.map(
    (rendition) =>
      new Encoder({
        ffmpeg: options.ffmpeg.ffmpeg,
        rendition,
        history,
        onFrame: options.onFrame,
        onRestart: (name, reason) =>
          report({ kind: "encoder-restarted", message: `${name}: ${reason}`.slice(0, 1000) }, `encoder ${name}`),
        clock,
        log,
      }),
  );
  let isReady = false;
  let isLibraryEmpty = false;
  warm.then(
    () => {
      isReady = true;
    },
    (thrown) => {
      isReady = true;
      report({ kind: "ffmpeg-broken", message: describe(thrown).slice(0, 1000) });
    },
  );

  const mixFrame = (due: number) => {
    const frame = history.next;
    const candidates = [
      ...liveDesk.candidates(switcher.onAir, frame),
      ...relayDesk.candidates(frame),
      ...players,
      slate,
    ];
    const draft = history.draft();
    switcher.choose(candidates, { now: clock.monotonic(), atClock: due - frame <= AT_CLOCK_FRAMES });
    switcher.mix(draft, outgoing, frame);
    for (const source of [...liveDesk.hosts, ...relayDesk.sources, ...players])
      if (!switcher.isHeard(source)) source.pass(frame);
    if (switcher.onAir !== null) items.note(switcher.onAir, frame);
    levels.add(frame, draft);
    history.commit();
  };

  const lastTick = { at: clock.monotonic() };
  const tick = () => {
    const now = clock.monotonic();
    const elapsedMs = now - lastTick.at;
    lastTick.at = now;
    const due = frameAt(pacer.now());
    if (history.next < due - 2 * MOST_FRAMES_BEHIND) skipTo(earliest());
    liveDesk.tick(elapsedMs, switcher);
    relayDesk.tick(history.next, elapsedMs, switcher);
    if (isReady) for (const player of players) player.tick(history.next, elapsedMs);
    const hasRoom = () =>
      encoders.every((encoder) => history.next - encoder.nextFrame < HISTORY_FRAMES - HISTORY_RESERVE);
    while (isReady && history.next < due && hasRoom() && !isWorthWaiting(switcher.onAir, players)) mixFrame(due);
    for (const encoder of encoders) encoder.tick(elapsedMs);
    watchLibrary();
  };

  const skipTo = (frame: number) => {
    report({ kind: "programme-jumped", message: `too far behind: goes on at frame ${frame}` });
    history.restartAt(frame);
    for (const encoder of encoders) encoder.restart();
  };

  const watchLibrary = () => {
    const isEmpty = library.isEmpty() && !rundown.ready;
    if (isEmpty && !isLibraryEmpty)
      options.onIncident({ kind: "library-empty", message: "no track can be played: the slate is on air" });
    isLibraryEmpty = isEmpty;
  };

  const timer = setInterval(tick, TICK_MS);
  return {
    offerLive: (feed) => liveDesk.offer(feed),
    setLiveAllowed: (allowed) => liveDesk.allow(allowed),
    setLiveSilence: (seconds) => {
      silenceSeconds = seconds;
      liveDesk.allowSilence(seconds);
    },
    levelOf: (segment) => levels.of(segment),
    itemAt: (frame) => items.at(frame),
    next: () => (players.find(({ ready }) => ready) ?? autopilot).upcoming(UPCOMING_ITEMS),
    status: () => ({
      source: switcher.onAir?.source ?? "slate",
      live: liveDesk.status(switcher.onAir),
      isTaken: liveDesk.isTaken(switcher.onAir),
      frame: history.next,
      encoderRestarts: Object.fromEntries(encoders.map(({ rendition, restarts }) => [rendition, restarts])),
      encoderLag: Object.fromEntries(
        encoders.map(({ rendition, nextFrame }) => [rendition, Math.max(0, history.next - nextFrame)]),
      ),
      latenessMs: Math.round(clock.now() - programmeTime(history.next)),
      liveBufferMs: liveDesk.bufferMs(),
      relays: relayDesk.reports(),
    }),
    async stop() {
      clearInterval(timer);
      await Promise.all(
        [...encoders, ...players, liveDesk, relayDesk].map((part) => ("stop" in part ? part.stop() : part.close())),
      );
      await library.stop();
    },
  };
}
