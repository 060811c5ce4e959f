import type { Source } from "../../../contracts/source.ts";
import type { PlaybackState } from "./watchdog.ts";

/** What the page says of itself and of the programme. */

/** The state of the connection, as one would tell a friend. */
export function stateInWords(state: PlaybackState, online: boolean): string {
  if (!online && state !== "playing" && state !== "paused") return "Offline. The sound returns by itself.";
  return {
    paused: "Press play to listen",
    connecting: "Connecting…",
    playing: "You are listening",
    waiting: "The sound is held up. Just a moment…",
    reconnecting: "Connection lost. Trying again…",
  }[state];
}

export const SOURCE_WORDS: Record<Source, string> = {
  live: "Live",
  relay: "Relay",
  show: "Show",
  autopilot: "Autopilot",
  slate: "Stand by",
};

/** A title is never empty on the page: a host may not have sent any. */
export function titleInWords({ title, source }: { title: string; source: Source }): string {
  return (
    title || { live: "Live broadcast", relay: "Relay", show: "Show", autopilot: "Music", slate: "Back soon" }[source]
  );
}

/** The line below the title: whose it is, and who is live where the title is not the host's name already. */
export function byline({ title, artist, host }: { title: string; artist: string; host?: string | undefined }): string {
  const presenter = host === undefined || host === title ? "" : `with ${host}`;
  return [artist, presenter].filter(Boolean).join(" · ");
}
