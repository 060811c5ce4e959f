import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { disturbances, gather } from "../harness/audience.ts";
import { levels, median } from "../harness/audio/level.ts";
import { cut, secondsOf } from "../harness/audio/sound.ts";
import { collectHashes, compareHashes, type Hashes } from "../harness/hash-compare.ts";
import { LISTENING_SECONDS, PATIENCE_MS } from "../harness/lengths.ts";
import { listenWithFfmpeg } from "../harness/listeners/ffmpeg-listener.ts";
import { listenWithHlsJs } from "../harness/listeners/hls-js.ts";
import { listenWithMpv } from "../harness/listeners/mpv.ts";
import { listenWithVlc } from "../harness/listeners/vlc.ts";
import { decodeSegments, type Recording } from "../harness/recording.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { followStream, type StreamReport } from "../harness/stream-check.ts";
import { readSegment } from "../harness/transport-stream.ts";

describe("a station that npm start has put on air", () => {
  let stack: Stack;
  const hashes: Hashes = new Map();
  let reports: StreamReport[] = [];
  let stopped = false;

  beforeAll(async () => {
    // With fewer than three segments to begin with VLC rebuffers once: RFC 8216, 6.3.3, has players start three back.
    stack = await startStack({ listed: 3 });
  });
  afterAll(async () => {
    if (!stopped) await stack.stop();
  });

  it("is heard by ffmpeg, mpv, VLC and hls.js without an error, a stall or a gap", {
    timeout: LISTENING_SECONDS * 1000 + PATIENCE_MS,
  }, async () => {
    const url = `${stack.edgeUrl}/${STATION}/live.m3u8`;
    const checks = ["aac-48k", "aac-128k"].map((rendition) => followStream(stack.playlistUrl(rendition)));
    const ffmpeg = listenWithFfmpeg(url);
    const audience = await gather([ffmpeg, listenWithMpv(url), listenWithVlc(url), listenWithHlsJs(url)]);
    await expect
      .poll(() => audience.behind(LISTENING_SECONDS), { timeout: LISTENING_SECONDS * 1000 + 30_000 })
      .toEqual([]);
    for (const { httpUrl } of stack.origins) await collectHashes(hashes, httpUrl, STATION);
    const heard = await audience.stop();
    reports = await Promise.all(checks.map((check) => check.stop()));
    const sound = await (await ffmpeg).sound();
    await (await ffmpeg).discard();

    expect(disturbances(heard)).toEqual([]);
    expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
    for (const { segments, frames } of reports) expect(frames).toBe(segments.size * 150);
    expect(median(levels(sound))).toBeGreaterThan(-40);
  });

  it("is heard over RTMP at the address that npm start tells", async () => {
    const [address] = stack.lines.flatMap(({ text }) => /rtmp:\S+\/radiodream\/\S+/.exec(text) ?? []);
    const listener = await listenWithFfmpeg(address?.replace("localhost", "127.0.0.1") ?? "");
    await expect.poll(() => listener.heard().seconds > 3 || listener.heard().problems, { timeout: 15_000 }).toBe(true);
    const heard = await listener.stop();
    await listener.discard();
    expect(disturbances([heard])).toEqual([]);
  });

  it("has the same sound, at the same programme time, in each rendition", async () => {
    const [low, high] = await Promise.all(reports.map(({ segments }) => decodeSegments(segments)));
    if (!low || !high) throw new Error("two renditions");
    const from = Math.max(low.startsAt, high.startsAt);
    const loudness = (of: Recording) => levels(cut(of.sound, (from - of.startsAt) / 1000, secondsOf(of.sound)));
    const other = loudness(high);
    const differences = loudness(low).map((level, window) => Math.abs(level - (other[window] ?? level)));
    expect(median(differences)).toBeLessThan(2);
  });

  it("adds at most 11.5 % to the raw AAC at 48 kbit/s", () => {
    const segments = [...(reports[0]?.segments.values() ?? [])];
    const packed = segments.reduce((sum, { length }) => sum + length, 0);
    const frames = segments.flatMap((segment) => readSegment(segment).frames);
    const raw = frames.reduce((sum, { data }) => sum + data.length, 0);
    expect(packed / raw - 1).toBeGreaterThan(0.089);
    expect(packed / raw - 1).toBeLessThanOrEqual(0.115);
  });

  it("is sliced alike by both origins", async () => {
    for (const { httpUrl } of stack.origins) await collectHashes(hashes, httpUrl, STATION);
    const { common, different } = compareHashes(hashes);
    expect(different).toEqual([]);
    expect(common.length).toBeGreaterThan(8);
  });

  it("ends when it is told to, and leaves no process and no port behind", async () => {
    stopped = true;
    await stack.stop();
  });
});
