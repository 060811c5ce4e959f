import { pause } from "../../../kit/loop.ts";
import { type Audience, gather } from "../../harness/audience.ts";
import { listenWithFfmpeg } from "../../harness/listeners/ffmpeg-listener.ts";
import { listenWithHlsJs } from "../../harness/listeners/hls-js.ts";
import type { Stall } from "../../harness/listeners/listener.ts";
import { until } from "../until.ts";
import type { Measured } from "./sheet.ts";

/** How long listeners go on after a slicer was killed: what has not come back by then counts as this long a stall. */
export const LISTENING_SECONDS = 25;
const SETTLED_SECONDS = 6;

export type KillHeard = { browser: number; ffmpeg: number };
/** `identical`: of the segments of one number that both slicers had, the share (percent) that were the same bytes. */
export type Killed = KillHeard & { identical: number };

export function killedRows(together: readonly Killed[], later: readonly Killed[]): Measured {
  return {
    "killed-browser": together.map(({ browser }) => browser),
    "killed-ffmpeg": together.map(({ ffmpeg }) => ffmpeg),
    "elder-browser": later.map(({ browser }) => browser),
    "elder-ffmpeg": later.map(({ ffmpeg }) => ffmpeg),
    "identical-together": together.map(({ identical }) => identical),
    "identical-later": later.map(({ identical }) => identical),
  };
}

/** hls.js and ffmpeg listen, `kill` is called, and they listen on: for how long each of them stalled (seconds). */
export async function hearKill(url: string, ready: () => Promise<void>, kill: () => Promise<void>): Promise<KillHeard> {
  const ffmpeg = listenWithFfmpeg(url);
  const audience = await gather([listenWithHlsJs(url), ffmpeg]);
  try {
    await until(() => allHeard(audience, SETTLED_SECONDS), "everyone listens");
    await ready();
    const killed = Date.now();
    await kill();
    await pause(LISTENING_SECONDS * 1000);
    const [browser, decoder] = audience.heard().map(({ stalls }) => stalledSince(stalls, killed));
    return { browser: browser ?? Number.NaN, ffmpeg: decoder ?? Number.NaN };
  } finally {
    await audience.stop();
    await (await ffmpeg).discard();
  }
}

function allHeard(audience: Audience, seconds: number): boolean {
  return audience.heard().every((heard) => heard.seconds > seconds);
}

function stalledSince(stalls: readonly Stall[], since: number): number {
  return stalls.reduce((sum, { at, seconds }) => sum + Math.max(0, seconds - Math.max(0, since - at) / 1000), 0);
}
