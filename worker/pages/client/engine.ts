import type { HeardItem } from "../../../contracts/now-json.ts";

/** One attempt at playing the stream on an audio element. It recovers from small faults itself. */
export type Engine = {
  /** Programme time of the sound that is heard now; null while nothing is. */
  playingDate(): Date | null;
  /** What the playlist says is heard in it, oldest first; none where the browser does not tell. */
  announced(): readonly HeardItem[];
  close(): void;
};

export type Abilities = {
  /** The browser says that it plays HLS by itself. Chromium says so too, and does it worse than hls.js. */
  nativeHls: boolean;
  mediaSource: boolean;
  /** AirPlay or ManagedMediaSource: marks of Safari, whose own HLS plays on in the background and on the lock screen. */
  apple: boolean;
};

/** Native HLS where it is the better way (Apple) or the only one, hls.js everywhere else. */
export function chooseEngine({ nativeHls, mediaSource, apple }: Abilities): "native" | "hls" | "none" {
  if (nativeHls && (apple || !mediaSource)) return "native";
  return mediaSource ? "hls" : "none";
}

export function abilitiesOf(audio: HTMLAudioElement, mediaSource: boolean): Abilities {
  return {
    nativeHls: audio.canPlayType("application/vnd.apple.mpegurl") !== "",
    mediaSource,
    apple: "WebKitPlaybackTargetAvailabilityEvent" in window || "ManagedMediaSource" in window,
  };
}
