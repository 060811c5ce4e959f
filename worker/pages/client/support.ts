import type { Playback } from "./playback.ts";
import type { PlaybackState } from "./watchdog.ts";

/** `window.radioDream`: how it stands, for support and tests. Read-only. */
export type RadioDream = {
  readonly state: PlaybackState;
  /** Seconds between the programme and the listener; null while unknown. */
  readonly latency: number | null;
  /** How often sound ran dry since the page was opened. */
  readonly stalls: number;
};

declare global {
  interface Window {
    readonly radioDream: RadioDream;
  }
}

export function exposeForSupport(playback: Playback): void {
  const radioDream: RadioDream = Object.freeze({
    get state() {
      return playback.state;
    },
    get latency() {
      return playback.latency;
    },
    get stalls() {
      return playback.stalls;
    },
  });
  Object.defineProperty(window, "radioDream", { value: radioDream, enumerable: true });
}
