import type { Playback } from "./playback.ts";
import type { Volume } from "./volume.ts";

export type Command = "toggle" | "louder" | "softer" | "mute";

/** What a key means, given what has the focus: a control's own keys stay its own. */
export function commandFor(key: string, focus: { acts: boolean; slides: boolean; writes: boolean }): Command | null {
  if (focus.writes) return null;
  switch (key) {
    case " ":
      return focus.acts ? null : "toggle";
    case "k":
    case "K":
      return "toggle";
    case "m":
    case "M":
      return "mute";
    case "ArrowUp":
      return focus.slides ? null : "louder";
    case "ArrowDown":
      return focus.slides ? null : "softer";
    default:
      return null;
  }
}

/** Space or K, arrow up and down, M: anywhere on the page. */
export function listenToKeys(playback: Playback, volume: Volume): void {
  const act: Record<Command, () => void> = {
    toggle: () => playback.toggle(),
    mute: () => volume.toggleMute(),
    louder: () => volume.step(1),
    softer: () => volume.step(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const command = commandFor(event.key, focusOf(event.target));
    if (command === null) return;
    event.preventDefault();
    if (!event.repeat || command === "louder" || command === "softer") act[command]();
  });
}

function focusOf(target: EventTarget | null) {
  const matches = (selector: string) => target instanceof Element && target.matches(selector);
  return { acts: matches("button, a, summary"), slides: matches("[type=range]"), writes: matches("[type=text]") };
}
