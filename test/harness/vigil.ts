import { expect, vi } from "vitest";
import { segmentAt } from "../../contracts/timeline.ts";
import { type Audience, disturbances, gather } from "./audience.ts";
import { listenWithFfmpeg } from "./listeners/ffmpeg-listener.ts";
import { listenWithHlsJs } from "./listeners/hls-js.ts";
import type { Stack } from "./stack.ts";
import { followStream, type StreamReport } from "./stream-check.ts";

/** Who listens while something is broken: hls.js, ffmpeg, and a check of each playlist, segment and frame. */
export type Vigil = {
  readonly report: StreamReport;
  /** Resolves when everyone has heard so many seconds more. */
  hearOn(seconds: number): Promise<void>;
  /** Resolves when the sound of this moment has reached everyone. */
  hearThisMoment(): Promise<void>;
  /** Ends the listening; what disturbed it, in words. */
  end(): Promise<string[]>;
};

const BEGIN_MS = 30_000;
/** hls.js keeps three target durations behind; what is older than this is not on its way any more. */
const LATENCY_SECONDS = 16;

/** Begins to listen; resolves when all hear the station. */
export async function keepVigil(stack: Stack): Promise<Vigil> {
  const url = stack.playlistUrl();
  const check = followStream(url);
  const ffmpeg = listenWithFfmpeg(url);
  const audience: Audience = await gather([ffmpeg, listenWithHlsJs(url)]);
  const hearOn = async (seconds: number) => {
    const goals = audience.heard().map((heard) => heard.seconds + seconds);
    const lacking = () => audience.heard().filter((heard, who) => heard.seconds < (goals[who] ?? 0));
    await vi.waitFor(
      () => expect(lacking().map(({ player, seconds }) => `${player} has heard ${seconds.toFixed(1)} s`)).toEqual([]),
      { timeout: seconds * 1000 + BEGIN_MS, interval: 100 },
    );
  };
  let disturbed: Promise<string[]> | null = null;
  const end = async () => {
    const heard = await audience.stop();
    await (await ffmpeg).discard();
    return [...disturbances(heard), ...(await check.stop()).problems];
  };
  try {
    await hearOn(3);
    await check.reached(segmentAt(Date.now(), 150) - 2);
  } catch (thrown) {
    await end();
    throw thrown;
  }
  return {
    report: check.report,
    hearOn,
    hearThisMoment: () => hearOn(LATENCY_SECONDS),
    end: () => {
      disturbed ??= end();
      return disturbed;
    },
  };
}
