import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Delivery } from "../../contracts/delivery.ts";
import { segmentAt } from "../../contracts/timeline.ts";
import { type Audience, disturbances, gather } from "../harness/audience.ts";
import { listenWithFfmpeg } from "../harness/listeners/ffmpeg-listener.ts";
import { listenWithHlsJs } from "../harness/listeners/hls-js.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { followStream, type StreamCheck } from "../harness/stream-check.ts";

/** From a change on until the first segment is named otherwise: the routing, and the numbers that lead. */
const TURN = { timeout: 40_000, interval: 300 };
const HEARD_ON_SECONDS = 8;
/** ffmpeg tells that it needs another connection where the next segment is on another host. */
const OTHER_HOST = /Cannot reuse HTTP connection|keepalive request failed/;

describe("a station that changes the way to its listeners while they listen", () => {
  let stack: Stack;
  const audiences: Audience[] = [];
  let check: StreamCheck;

  beforeAll(async () => {
    stack = await startStack({ listed: 3 });
    check = followStream(stack.playlistUrl());
  });
  afterAll(async () => {
    await Promise.all(audiences.map((audience) => audience.stop()));
    await check.stop();
    await stack.stop();
  });

  const multivariant = () => `${stack.edgeUrl}/${STATION}/live.m3u8`;
  const lastLine = async (url: string) => (await (await fetch(url)).text()).trim().split("\n").at(-1) ?? "";
  const deliver = (delivery: Delivery) => stack.api(z.unknown(), "PATCH", `/api/v1/stations/${STATION}`, { delivery });
  const listenTo = async (url: string) => audiences.push(await gather([listenWithFfmpeg(url), listenWithHlsJs(url)]));
  const hearOn = async () => {
    const goals = audiences.map(
      (audience) => Math.max(...audience.heard().map(({ seconds }) => seconds)) + HEARD_ON_SECONDS,
    );
    await expect.poll(() => audiences.flatMap((audience, i) => audience.behind(goals[i] ?? 0)), TURN).toEqual([]);
  };
  const troubles = () =>
    [...audiences.flatMap((audience) => disturbances(audience.heard())), ...check.report.problems].filter(
      (words) => !OTHER_HOST.test(words),
    );

  it("is heard on without a stall: by the edge, by the bucket, and back", async () => {
    await check.reached(segmentAt(Date.now(), 150) + 1);
    await listenTo(multivariant());
    await hearOn();

    await deliver("segments");
    await expect
      .poll(() => lastLine(stack.playlistUrl()), TURN)
      .toMatch(/^http.*\/live\/demo\/origin-\d\/aac-48k\/\d+\.ts$/);
    await hearOn();

    await deliver("static");
    await expect.poll(() => lastLine(multivariant()), TURN).toMatch(/^http.*\/public\/demo\/aac-128k\/live\.m3u8$/);
    const bucket = await lastLine(multivariant());
    const segment = await lastLine(bucket);
    expect(new URL(segment).host).toBe(new URL(bucket).host);
    expect((await fetch(segment)).headers.get("cf-cache-status")).toBeTruthy();
    await listenTo(multivariant());
    await hearOn();

    await deliver("edge");
    await expect.poll(() => lastLine(stack.playlistUrl()), TURN).toMatch(/^\d+\.ts$/);
    await expect.poll(() => lastLine(bucket), TURN).toMatch(new RegExp(`^${stack.edgeUrl}/demo/aac-128k/\\d+\\.ts$`));
    await hearOn();
    expect(troubles()).toEqual([]);
  });
});
