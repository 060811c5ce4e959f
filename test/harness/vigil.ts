import { expect, vi } from "vitest";
import { segmentAt } from "../../contracts/timeline.ts";
import { disturbances, gather } from "./audience.ts";
import { startFleet } from "./fleet.ts";
import { listenWithFfmpeg } from "./listeners/ffmpeg-listener.ts";
import { listenWithHlsJs } from "./listeners/hls-js.ts";
import type { Stack, StackOptions } from "./stack.ts";
import { followStream, type StreamReport } from "./stream-check.ts";

/** Who listens while things are broken: hls.js, ffmpeg, and a check of each playlist, segment and frame. */
export type Vigil = {
  readonly report: StreamReport;
  /** Resolves when everyone has heard so many seconds more. */
  hearOn(seconds: number): Promise<void>;
  /** Resolves when the sound of this moment has reached everyone; what disturbed them since this was last asked, in words. */
  hearThisMoment(): Promise<string[]>;
  stop(): Promise<void>;
};

const PATIENCE_MS = 30_000;
/** hls.js stays three target durations behind: what is older than this is not on its way any more. */
const LATENCY_SECONDS = 12;

/** Begins to listen; resolves when all hear the station. */
async function keepVigil(stack: Stack): Promise<Vigil> {
  const url = stack.playlistUrl();
  const check = followStream(url);
  const ffmpeg = listenWithFfmpeg(url);
  const audience = await gather([ffmpeg, listenWithHlsJs(url)]);
  const told = new Set<string>();

  const hearOn = async (seconds: number) => {
    const goals = audience.heard().map((heard) => heard.seconds + seconds);
    const lacking = () => audience.heard().filter((heard, who) => heard.seconds < (goals[who] ?? 0));
    const words = () =>
      lacking().map((heard) => `${heard.player} has heard ${heard.seconds.toFixed(1)} s; ${disturbances([heard])}`);
    await vi.waitFor(() => expect(words()).toEqual([]), { timeout: seconds * 1000 + PATIENCE_MS, interval: 100 });
  };
  const news = () => {
    const all = [...disturbances(audience.heard()), ...check.report.problems];
    const fresh = all.filter((words) => !told.has(words));
    for (const words of fresh) told.add(words);
    return fresh;
  };
  const stop = async () => {
    await Promise.all([audience.stop(), check.stop()]);
    await (await ffmpeg).discard();
  };
  try {
    await hearOn(3);
    await check.reached(segmentAt(Date.now(), 150) - 2);
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return {
    report: check.report,
    hearOn,
    async hearThisMoment() {
      await hearOn(LATENCY_SECONDS);
      return news();
    },
    stop,
  };
}

/** A fleet with listeners on. `stop` ends both; when the listeners cannot begin, the fleet is ended here. */
export type ListenedFleet = { stack: Stack; vigil: Vigil; stop(): Promise<void> };

export async function startListenedFleet(options: StackOptions = {}): Promise<ListenedFleet> {
  const stack = await startFleet(options);
  try {
    const vigil = await keepVigil(stack);
    const stop = async () => {
      await vigil.stop();
      await stack.stop();
    };
    return { stack, vigil, stop };
  } catch (thrown) {
    await stack.stop();
    throw thrown;
  }
}
