import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { segmentAt } from "../../contracts/timeline.ts";
import { toneSpans } from "../harness/audio/tone.ts";
import { type Publisher, startPublisher } from "../harness/publisher.ts";
import { decodeSegments } from "../harness/recording.ts";
import { STATION, type Stack, type StackOrigin, startStack } from "../harness/stack.ts";
import { reportOf, studioOf } from "../harness/station.ts";
import { followStream, type StreamCheck } from "../harness/stream-check.ts";

const LIVE_HZ = 1000;
/** A heartbeat and a bit. */
const SOON = { timeout: 8000, interval: 100 };

describe("a station whose live policy is armed", () => {
  let stack: Stack;
  let studio: StackOrigin;
  let host: Publisher;
  let check: StreamCheck;
  const live = async () => (await reportOf(studio))?.live;
  const source = async () => (await reportOf(studio))?.source;
  const ask = (path: string) => stack.api(z.unknown(), "POST", `/api/v1/stations/${STATION}/live/${path}`);

  beforeAll(async () => {
    stack = await startStack({ tones: [{ frequency: 440 }] });
    studio = await studioOf(stack);
    await stack.api(z.unknown(), "PATCH", `/api/v1/stations/${STATION}`, { livePolicy: "armed" });
    check = followStream(stack.playlistUrl());
    await check.reached(segmentAt(Date.now(), 150));
    // The policy reaches the origin with its next heartbeat; a host that comes before that would go on air at once.
    await check.reached(segmentAt(Date.now(), 150) + 1);
    host = await startPublisher(await stack.liveUrl(studio.id), { tone: LIVE_HZ });
  });
  afterAll(async () => {
    await check.stop();
    await host.stop();
    await stack.stop();
  });

  it("hears its host and keeps them off the air until live/start", async () => {
    await expect.poll(live, SOON).toMatchObject({ onAir: false });
    await check.reached(segmentAt(Date.now(), 150) + 1);
    const { sound } = await decodeSegments(check.report.segments);
    expect(toneSpans(sound, LIVE_HZ, -50)).toEqual([]);
    await ask("start");
    await expect.poll(source, SOON).toBe("live");
    expect(await live()).toMatchObject({ onAir: true });
  });

  it("takes them off the air with live/stop, and hears them on", async () => {
    await ask("stop");
    await expect.poll(source, SOON).toBe("autopilot");
    expect(await live()).toMatchObject({ onAir: false });
    expect(host.running).toBe(true);
    expect(check.report.problems).toEqual([]);
  });
});
