import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { segmentAt } from "../../contracts/timeline.ts";
import { MALFORMED } from "../../origin/ingest/fixtures/malformed.ts";
import {
  aacFrame,
  aacHeader,
  CREATE_STREAM,
  connect,
  HELLO,
  HELLO_AGAIN,
  play,
  publish,
} from "../../origin/ingest/fixtures/rtmp-bytes.ts";
import { connectClient } from "../../origin/ingest/fixtures/rtmp-client.ts";
import { encodeFrames } from "../harness/aac-frames.ts";
import { toneSpans } from "../harness/audio/tone.ts";
import { type Publisher, startPublisher } from "../harness/publisher.ts";
import { decodeSegments } from "../harness/recording.ts";
import { STATION, type Stack, type StackOrigin, startStack } from "../harness/stack.ts";
import { reportOf, studioOf } from "../harness/station.ts";
import { followStream, type StreamCheck } from "../harness/stream-check.ts";

const LIVE_HZ = 1000;
const INTRUDER_HZ = 3000;
/** Far below a single audible frame of the intruder's tone. */
const THRESHOLD_DB = -50;
const REFUSED = { timeout: 10_000 };

/** A tone as RTMP audio messages with real time stamps. */
async function intruderAudio(): Promise<Buffer> {
  const frames = await encodeFrames(`sine=frequency=${INTRUDER_HZ}:sample_rate=48000`, 2);
  return Buffer.concat([aacHeader(), ...frames.map((frame, index) => aacFrame(Math.round((index * 64) / 3), frame))]);
}

describe("who does not belong on the air", () => {
  let stack: Stack;
  let studio: StackOrigin;
  let pid: number;
  let host: Publisher;
  let check: StreamCheck;
  const logOfStudio = () => stack.log(studio.id);

  beforeAll(async () => {
    stack = await startStack({ tones: [{ frequency: 440 }], env: { RESTART: "never" } });
    studio = await studioOf(stack);
    pid = await stack.pid(studio.id);
    host = await startPublisher(await stack.liveUrl(studio.id), { tone: LIVE_HZ });
    await vi.waitFor(async () => expect((await reportOf(studio))?.source).toBe("live"), { timeout: 10_000 });
    check = followStream(stack.playlistUrl());
    await check.reached(segmentAt(Date.now(), 150));
  });
  afterAll(async () => {
    await check.stop();
    await host.stop();
    await stack.stop();
  });

  it("is refused with a wrong key, by name, though it sends its audio in the same breath", async () => {
    const intruder = await connectClient(studio.rtmpPort, { shakeHands: false });
    const rude = [connect("live"), CREATE_STREAM, publish(`${STATION}?key=wrong`), await intruderAudio()];
    intruder.write(HELLO, HELLO_AGAIN, ...rude);
    await expect.poll(intruder.isClosed, { timeout: 5000 }).toBe(true);
    await expect.poll(logOfStudio).toMatch(new RegExp(`(?=.*refused)(?=.*key)(?=.*${intruder.remote})`));
  });

  it("is refused as a second publisher, and the first goes on", async () => {
    const second = await startPublisher(await stack.liveUrl(studio.id), { tone: INTRUDER_HZ });
    await expect.poll(() => second.running, REFUSED).toBe(false);
    await expect.poll(logOfStudio).toMatch(/(?=.*refused)(?=.*another host)/);
    expect(host.running).toBe(true);
  });

  it("is refused without any key", async () => {
    const url = `rtmp://127.0.0.1:${studio.rtmpPort}/live/${STATION}`;
    const keyless = await startPublisher(url, { tone: INTRUDER_HZ });
    await expect.poll(() => keyless.running, REFUSED).toBe(false);
    await expect.poll(logOfStudio).toMatch(/(?=.*refused)(?=.*no key)/);
  });

  it("is dropped as a player that sends media into what it plays", async () => {
    const player = await connectClient(studio.rtmpPort);
    player.write(connect("radiodream"), CREATE_STREAM, play(STATION), await intruderAudio());
    await expect.poll(player.isClosed, { timeout: 5000 }).toBe(true);
  });

  it.each(MALFORMED)("ends its own connection with $title", async ({ bytes }) => {
    const client = await connectClient(studio.rtmpPort);
    client.write(bytes, Buffer.alloc(4096, 0xff));
    await expect.poll(client.isClosed, { timeout: 5000 }).toBe(true);
  });

  it("gets nothing over HTTP with a name that is none", async () => {
    const response = await fetch(`${studio.httpUrl}/radiodream/li!ve.flv`);
    await response.body?.cancel();
    expect(response.status).toBe(404);
  });

  it("has put no packet on the air, and the process lives", async () => {
    await check.reached(segmentAt(Date.now(), 150) + 1);
    const { segments, problems } = check.report;
    const { sound } = await decodeSegments(segments);
    expect(problems).toEqual([]);
    expect(toneSpans(sound, INTRUDER_HZ, THRESHOLD_DB)).toEqual([]);
    expect(toneSpans(sound, LIVE_HZ, -35)).toHaveLength(1);
    expect(await stack.pid(studio.id)).toBe(pid);
    expect((await reportOf(studio))?.source).toBe("live");
  });

  it("has left no key in any log", async () => {
    const key = new URL((await stack.liveUrl(studio.id)).replace("rtmp:", "http:")).searchParams.get("key") ?? "";
    expect(key.length).toBeGreaterThan(10);
    for (const { id } of stack.origins) expect(await stack.log(id)).not.toContain(key);
    expect(await stack.log("workers")).not.toContain(key);
  });
});
