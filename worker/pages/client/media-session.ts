import type { HeardItem } from "./now-playing.ts";
import type { Playback } from "./playback.ts";
import { titleInWords } from "./words.ts";

/** Lock screen, headset and media keys (W3C Media Session). Returns what shows the item that is heard. */
export function createMediaSession(stationName: string, playback: Playback): (item: HeardItem | null) => void {
  const session = navigator.mediaSession;
  if (session === undefined) return () => {};
  session.setActionHandler("play", () => playback.play());
  session.setActionHandler("pause", () => playback.pause());
  session.setActionHandler("stop", () => playback.pause());
  let shown = "";
  return (item) => {
    session.playbackState = playback.state === "paused" ? "paused" : "playing";
    const title = item === null ? stationName : titleInWords(item);
    const artist = item?.artist || stationName;
    if (shown === `${title}\n${artist}`) return;
    shown = `${title}\n${artist}`;
    session.metadata = new MediaMetadata({ title, artist, album: stationName });
  };
}
