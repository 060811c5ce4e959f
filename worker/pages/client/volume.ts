import type { Page } from "./page.ts";

const REMEMBERED_AS = "radio-dream.volume";
const STEP = 5;

/** Loudness of the sound, in percent, remembered for the next visit. */
export type Volume = { step(direction: 1 | -1): void; toggleMute(): void };

export function createVolume({ audio, volume, volumeRow, muteButton }: Page): Volume {
  const show = () => {
    volume.value = String(audio.muted ? 0 : Math.round(audio.volume * 100));
    volume.setAttribute("aria-valuetext", audio.muted ? "muted" : `${volume.value} percent`);
    muteButton.setAttribute("aria-pressed", String(audio.muted));
  };
  const set = (percent: number) => {
    const kept = Math.min(100, Math.max(0, percent));
    audio.muted = false;
    audio.volume = loudness(kept);
    remember(kept);
  };
  const toggleMute = () => {
    audio.muted = !audio.muted;
  };

  audio.volume = loudness(remembered());
  // Where the device alone sets the volume (iOS), a control that does nothing would only mislead.
  volumeRow.hidden = !obeysVolume(audio);
  audio.addEventListener("volumechange", show);
  volume.addEventListener("input", () => set(Number(volume.value)));
  muteButton.addEventListener("click", toggleMute);
  show();
  return {
    step: (direction) => set((audio.muted ? 0 : Math.round(audio.volume * 100)) + direction * STEP),
    toggleMute,
  };
}

function loudness(percent: number): number {
  return percent / 100;
}

function obeysVolume(audio: HTMLAudioElement): boolean {
  const before = audio.volume;
  audio.volume = 0.5;
  const obeys = audio.volume === 0.5;
  audio.volume = before;
  return obeys;
}

/** The storage may be forbidden (private windows, frames of other sites): then nothing is remembered. */
function remembered(): number {
  try {
    const stored = localStorage.getItem(REMEMBERED_AS);
    const percent = stored === null ? Number.NaN : Number(stored);
    return percent >= 0 && percent <= 100 ? percent : 100;
  } catch {
    return 100;
  }
}

function remember(percent: number): void {
  try {
    localStorage.setItem(REMEMBERED_AS, String(percent));
  } catch {
    // Forbidden or full: the volume holds for this visit.
  }
}
