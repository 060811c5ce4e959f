import { StationSlug } from "../../contracts/names.ts";

/** What an RTMP client asked for: application and stream, and the key, wherever the client put it. */
export type StreamTarget = { app: string; name: string; key: string | null };

const MAX_KEY_CHARACTERS = 256;

/**
 * Reads `connect`'s app and tcUrl and `publish`'s or `play`'s stream name. ffmpeg and OBS put the query on the stream
 * name; other encoders put it on the URL, and some end the app with a slash.
 */
export function parseStreamTarget(app: string, tcUrl: string, streamName: string): StreamTarget {
  const keys = [streamName, app, tcUrl].map(keyIn);
  return {
    app: beforeQuery(app).replace(/\/+$/, ""),
    name: beforeQuery(streamName).replace(/^\/+/, ""),
    key: keys.find((key) => key !== null) ?? null,
  };
}

/** The station that a publisher means, or the reason why it means none. The reason never repeats what it sent. */
export function stationOf(target: StreamTarget): { station: string } | { reason: string } {
  if (target.app !== "live") return { reason: "hosts publish to the application live" };
  const station = StationSlug.safeParse(target.name);
  return station.success ? { station: station.data } : { reason: "not a station's name" };
}

const PROGRAMME_NAME = /^[A-Za-z0-9_-]{1,100}$/;

/** The path of the programme that a player means; null when it asks for anything else. */
export function programmeOf(target: StreamTarget): string | null {
  return target.app === "radiodream" && PROGRAMME_NAME.test(target.name) ? `/radiodream/${target.name}` : null;
}

function beforeQuery(text: string): string {
  return text.split("?", 1)[0] ?? "";
}

function keyIn(text: string): string | null {
  const query = text.indexOf("?");
  if (query < 0) return null;
  const key = new URLSearchParams(text.slice(query + 1)).get("key");
  return key !== null && key.length > 0 && key.length <= MAX_KEY_CHARACTERS ? key : null;
}
