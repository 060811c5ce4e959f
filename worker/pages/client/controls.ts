import { type Page, write } from "./page.ts";
import type { Playback } from "./playback.ts";
import type { PlaybackState } from "./watchdog.ts";
import { stateInWords } from "./words.ts";

/** The big button and the line that says how it stands. Returns what shows a state. */
export function createControls(
  { playButton, status, station }: Page,
  playback: Playback,
): (state: PlaybackState) => void {
  playButton.addEventListener("click", () => playback.toggle());
  return (state) => {
    document.body.dataset.state = state;
    const name = `${state === "paused" ? "Play" : "Pause"} ${station.name}`;
    if (playButton.ariaLabel !== name) playButton.ariaLabel = name;
    write(status, stateInWords(state, navigator.onLine));
  };
}
