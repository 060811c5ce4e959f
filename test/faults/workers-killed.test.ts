import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Audience, gather } from "../harness/audience.ts";
import { PATIENCE_MS } from "../harness/lengths.ts";
import { listenOnPlayerPage } from "../harness/listeners/player-page.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { followStream, type StreamCheck } from "../harness/stream-check.ts";

const LONGEST_SILENCE_SECONDS = 3;
/**
 * No edge at all is a fault of this machine, on which both Workers are one process. ffmpeg gives up at the first refused
 * connection, and a bare hls.js at the third: of the listeners only our own page is there.
 */
const REFUSED = /fetch failed|ECONNREFUSED/;

describe("kill -9 of the process that is both Workers", () => {
  let stack: Stack;
  let audience: Audience;
  let check: StreamCheck;
  beforeAll(async () => {
    stack = await startStack({ listed: 3 });
    audience = await gather([listenOnPlayerPage(stack.edgeUrl, STATION)]);
    check = followStream(stack.playlistUrl());
  });
  afterAll(async () => {
    await Promise.all([audience.stop(), check.stop()]);
    await stack.stop();
  });

  it("is over in seconds, and our page goes on by itself", { timeout: PATIENCE_MS }, async () => {
    await expect.poll(() => audience.behind(10), { timeout: 30_000 }).toEqual([]);
    const killed = await stack.pid("workers");
    await stack.kill("workers", "SIGKILL");
    await expect.poll(() => stack.pid("workers").catch(() => killed), { timeout: 10_000 }).not.toBe(killed);
    await expect.poll(() => audience.behind(45), { timeout: 60_000 }).toEqual([]);
    const heard = audience.heard();
    expect(heard.flatMap(({ problems }) => problems)).toEqual([]);
    const silence = heard.flatMap(({ stalls }) => stalls).reduce((sum, { seconds }) => sum + seconds, 0);
    expect(silence).toBeLessThan(LONGEST_SILENCE_SECONDS);
    expect(check.report.problems.filter((problem) => !REFUSED.test(problem))).toEqual([]);
  });
});
