import Hls, { type HlsConfig, type LoadPolicy } from "hls.js/light";
import type { HeardItem } from "../../../contracts/now-json.ts";
import { announcedItems } from "./announced-items.ts";
import type { Engine } from "./engine.ts";
import { farthestDistance, startDistance } from "./latency.ts";
import { createPlaylistLoader } from "./playlist-loader.ts";
import { readPlaylist } from "./playlist-watch.ts";

/** Retries for 13 s: longer than the buffer lasts, so giving up loses nothing that could still be heard. */
const PERSISTENT: LoadPolicy = {
  default: {
    maxTimeToFirstByteMs: 8000,
    maxLoadTimeMs: 10_000,
    timeoutRetry: { maxNumRetry: 3, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 8, retryDelayMs: 500, maxRetryDelayMs: 2000, backoff: "exponential" },
  },
};

const CONFIG: Partial<HlsConfig> = {
  enableWorker: false,
  testBandwidth: false,
  lowLatencyMode: false,
  liveDurationInfinity: true,
  maxLiveSyncPlaybackRate: 1,
  maxBufferLength: 30,
  backBufferLength: 10,
  manifestLoadPolicy: PERSISTENT,
  playlistLoadPolicy: PERSISTENT,
  fragLoadPolicy: PERSISTENT,
};

export const hlsSupported = () => Hls.isSupported();

/** hls.js, tuned for a live programme whose segments come on a steady beat. */
export function openHls(audio: HTMLAudioElement, address: string, onFailure: () => void): Engine {
  let started = false;
  const hls: Hls = new Hls({
    ...CONFIG,
    pLoader: createPlaylistLoader((text) => {
      const { segmentMs, endsAt } = readPlaylist(text);
      if (started || segmentMs === null) return;
      started = true;
      const age = endsAt === null ? null : (Date.now() - endsAt) / 1000;
      hls.targetLatency = startDistance(age, segmentMs / 1000);
      hls.config.liveMaxLatencyDuration = farthestDistance(segmentMs / 1000);
    }),
  });
  let announced: readonly HeardItem[] = [];
  hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
    announced = announcedItems(details.dateRanges);
  });
  hls.on(Hls.Events.ERROR, (_, { fatal }) => {
    if (fatal) onFailure();
  });
  hls.loadSource(address);
  hls.attachMedia(audio);
  return {
    playingDate: () => hls.playingDate,
    announced: () => announced,
    close: () => hls.destroy(),
  };
}
