import http from "node:http";
import { describe, expect, it, vi } from "vitest";
import { openArena } from "./fixtures/arena.ts";
import { eventually } from "./fixtures/eventually.ts";
import { AAC_CONFIG, CREATE_STREAM, connect, play, SILENT_FRAME } from "./fixtures/rtmp-bytes.ts";
import { connectClient, framesOf, playAs, publishAs, type RtmpClient } from "./fixtures/rtmp-client.ts";
import { KEY, type TestIngest } from "./fixtures/test-ingest.ts";
import { decodeScript, FlvReader, type FlvTag } from "./flv.ts";

const { ours: start, client, later } = openArena();

const closed = (subject: RtmpClient) => eventually(() => expect(subject.isClosed()).toBe(true));
const said = ({ received }: RtmpClient) => received.map(({ payload }) => payload.toString("latin1")).join("\n");

function get(ingest: TestIngest, path: string, method = "GET"): Promise<http.IncomingMessage> {
  const request = http.request({ port: ingest.httpPort, host: "127.0.0.1", path, method });
  later(() => request.destroy());
  request.end();
  return new Promise((resolve, reject) => {
    request.on("response", resolve);
    request.on("error", reject);
  });
}

describe("a programme", () => {
  const PATH = "/radiodream/demo_aac-128k";
  const collector = () => {
    const tags: FlvTag[] = [];
    return { tags, onTag: (tag: FlvTag) => void tags.push(tag) };
  };

  it("reaches taps, RTMP players and HTTP-FLV alike, the header for all, the stamps for who is there", async () => {
    const ingest = await start();
    const tapped = collector();
    ingest.tapProgramme(PATH, tapped.onTag);
    const programme = ingest.publishProgramme(PATH);
    programme.header(AAC_CONFIG, 5);
    programme.script("onStamp", "before anyone joined", 10);

    const player = await client(playAs(ingest.port, "demo_aac-128k"));
    await eventually(() => expect(player.received.some(({ type }) => type === 8)).toBe(true));
    const response = await get(ingest, `${PATH}.flv?any=query`);
    expect(response.headers).toMatchObject({ "content-type": "video/x-flv", "cache-control": "no-store" });
    const viaHttp = collector();
    const reader = new FlvReader(viaHttp.onTag);
    response.on("data", (chunk) => reader.push(chunk));

    const timestamp = 2 ** 31 - 1;
    programme.script("onStamp", '{"segment":7}', timestamp);
    programme.frame(SILENT_FRAME, timestamp);
    await eventually(() => expect(viaHttp.tags).toHaveLength(3));
    await eventually(() => expect(framesOf(player)).toHaveLength(1));

    const expected = [
      { type: 8, timestamp: 5, payload: Buffer.from([0xaf, 0, ...AAC_CONFIG]) },
      { type: 18, timestamp, payload: tapped.tags[2]?.payload },
      { type: 8, timestamp, payload: Buffer.concat([Buffer.from([0xaf, 1]), SILENT_FRAME]) },
    ];
    expect(viaHttp.tags).toEqual(expected);
    expect(decodeScript(viaHttp.tags[1]?.payload ?? Buffer.alloc(0))).toEqual({
      event: "onStamp",
      body: '{"segment":7}',
    });
    expect(tapped.tags).toHaveLength(4);
    const overRtmp = player.received.filter(({ type, payload }) => [8, 18].includes(type) && payload[3] !== 0x7c);
    expect(overRtmp).toEqual(expected);
  });

  it("is published by one at a time, and its taps outlast its publishers", async () => {
    const ingest = await start();
    const { tags, onTag } = collector();
    const untap = ingest.tapProgramme(PATH, onTag);
    const first = ingest.publishProgramme(PATH);
    expect(() => ingest.publishProgramme(PATH)).toThrow(/already has a publisher/);
    first.header(AAC_CONFIG, 1);
    first.close();
    first.close();
    first.frame(SILENT_FRAME, 2);
    const second = ingest.publishProgramme(PATH);
    first.close();
    second.header(AAC_CONFIG, 3);
    untap();
    second.frame(SILENT_FRAME, 4);
    expect(tags.map(({ timestamp }) => timestamp)).toEqual([1, 3]);
  });

  it("lives on when a tap fails, which is taken off", async () => {
    const ingest = await start();
    const { tags, onTag } = collector();
    const failing = vi.fn(() => {
      throw new Error("broken tap");
    });
    const programme = ingest.publishProgramme(PATH);
    programme.header(AAC_CONFIG, 0);
    ingest.tapProgramme(PATH, failing);
    ingest.tapProgramme(PATH, onTag);
    programme.frame(SILENT_FRAME, 21);
    expect(tags).toHaveLength(2);
    expect(failing).toHaveBeenCalledTimes(1);
    expect(ingest.lines.join("\n")).toContain("broken tap");
  });

  it("ends its players when it goes off the air, and refuses those who come then", async () => {
    const ingest = await start();
    const programme = ingest.publishProgramme(PATH);
    programme.header(AAC_CONFIG, 0);
    const player = await client(playAs(ingest.port, "demo_aac-128k"));
    const response = await get(ingest, `${PATH}.flv`);
    const over = new Promise((resolve) => response.resume().on("end", resolve));
    await eventually(() => expect(player.received.some(({ type }) => type === 8)).toBe(true));
    programme.close();
    await closed(player);
    await over;

    const late = await client(playAs(ingest.port, "demo_aac-128k"));
    await closed(late);
    expect(said(late)).toContain("NetStream.Play.StreamNotFound");
    const answer = await get(ingest, `${PATH}.flv`);
    expect(answer.statusCode).toBe(404);
    const body = Buffer.concat(await answer.toArray()).toString();
    expect(JSON.parse(body)).toMatchObject({ error: { code: "not_on_air" } });
  });

  it("is all that may be played: not a host, before or after the mix", async () => {
    const ingest = await start();
    const host = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    host.sing();
    await eventually(() => expect(ingest.hosts).toHaveLength(1));
    const eavesdropper = await client(playAs(ingest.port, "demo", { app: "live" }));
    await closed(eavesdropper);
    expect(framesOf(eavesdropper)).toEqual([]);
    expect((await get(ingest, "/live/demo.flv")).statusCode).toBe(404);
  });

  it("has room for so many players and no more", async () => {
    const ingest = await start({ rtmpPlayers: 1, flvPlayers: 1 });
    ingest.publishProgramme(PATH).header(AAC_CONFIG, 0);
    const first = await client(playAs(ingest.port, "demo_aac-128k"));
    await eventually(() => expect(first.received.some(({ type }) => type === 8)).toBe(true));
    const second = await client(connectClient(ingest.port));
    second.write(connect("radiodream"), CREATE_STREAM, play("demo_aac-128k"));
    await closed(second);
    const listening = await get(ingest, `${PATH}.flv`);
    expect((await get(ingest, `${PATH}.flv`)).statusCode).toBe(503);
    listening.destroy();
    await eventually(async () => expect((await get(ingest, `${PATH}.flv`)).statusCode).toBe(200));
  });

  it("answers HEAD without a stream", async () => {
    const ingest = await start();
    ingest.publishProgramme(PATH);
    const answer = await get(ingest, `${PATH}.flv`, "HEAD");
    expect(answer.statusCode).toBe(200);
    await answer.toArray();
  });
});
