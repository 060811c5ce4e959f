import type { HeardItem } from "../../../contracts/now-json.ts";
import type { Playback } from "./playback.ts";
import { byline, titleInWords } from "./words.ts";

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
    const artist = (item === null ? "" : byline(item)) || stationName;
    const artwork = item?.art === undefined ? [] : [{ src: item.art, type: "image/jpeg" }];
    const metadata = { title, artist, album: stationName, artwork };
    if (shown === JSON.stringify(metadata)) return;
    shown = JSON.stringify(metadata);
    session.metadata = new MediaMetadata(metadata);
  };
}
