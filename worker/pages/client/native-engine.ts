import type { Engine } from "./engine.ts";

/** The browser's own HLS. Safari tells the programme time of position 0 by `getStartDate()`. */
export function openNative(audio: HTMLAudioElement, address: string, onFailure: () => void): Engine {
  const listening = new AbortController();
  for (const event of ["error", "ended"]) audio.addEventListener(event, onFailure, { signal: listening.signal });
  audio.src = address;
  audio.load();
  return {
    playingDate: () => {
      const start = startDateOf(audio);
      return start === null ? null : new Date(start + audio.currentTime * 1000);
    },
    announced: () => [],
    close: () => {
      listening.abort();
      audio.removeAttribute("src");
      audio.load();
    },
  };
}

/** Unix ms of position 0; null where the browser does not know (HTML, 4.8.11.6: the date is then NaN). */
function startDateOf(audio: HTMLAudioElement & { getStartDate?: () => Date }): number | null {
  const start = audio.getStartDate?.().getTime();
  return start === undefined || Number.isNaN(start) ? null : start;
}
