import http from "node:http";
import { connect as connectSocket } from "node:net";
import { describe, expect, it } from "vitest";
import { INTRUDER_FRAME, isIntruder, openArena } from "./fixtures/arena.ts";
import { eventually } from "./fixtures/eventually.ts";
import {
  AAC_CONFIG,
  aacFrame,
  aacHeader,
  CREATE_STREAM,
  connect,
  message,
  play,
  SILENT_FRAME,
} from "./fixtures/rtmp-bytes.ts";
import { connectClient, framesOf, playAs, publishAs } from "./fixtures/rtmp-client.ts";
import { encodeFlvTag, FLV_AUDIO_HEADER } from "./flv.ts";

/** Each fault of node-media-server as it is, and the same attack on ours. */

const { ours, stock, client, later } = openArena();

describe("N4: a player that stops reading", () => {
  const BIG_FRAME = Buffer.alloc(8000, 0x55);

  it("fills the memory of the stock server", async () => {
    const server = await stock();
    const host = await client(publishAs(server.rtmpPort, "demo"));
    host.write(aacHeader());
    const player = await client(playAs(server.rtmpPort, "demo", { app: "live" }));
    await eventually(() => expect(server.events("postPlay")).toHaveLength(1));
    player.socket.pause();
    await eventually(() => {
      for (let frame = 0; frame < 200; frame += 1) host.write(aacFrame(frame, BIG_FRAME));
      expect(server.largest("waitingBytes")).toBeGreaterThan(2_000_000);
    });
    expect(player.isClosed()).toBe(false);
  });

  it("is dropped at 256 kB, over RTMP and HTTP-FLV alike", async () => {
    const ingest = await ours();
    const programme = ingest.publishProgramme("/radiodream/demo");
    programme.header(AAC_CONFIG, 0);
    const player = await client(playAs(ingest.port, "demo"));
    await eventually(() => expect(player.received.some(({ type }) => type === 8)).toBe(true));
    player.socket.pause();
    const request = http.get({ port: ingest.httpPort, host: "127.0.0.1", path: "/radiodream/demo.flv" });
    later(() => request.destroy());
    const response = await new Promise<http.IncomingMessage>((resolve) => request.on("response", resolve));
    response.pause();
    const broken = new Promise((resolve) => response.on("error", resolve));

    const dropped = () => ingest.lines.filter((line) => line.includes("it reads too slowly")).length;
    let frame = 0;
    await eventually(() => {
      for (let more = 0; more < 20; more += 1, frame += 1) programme.frame(BIG_FRAME, frame * 21);
      expect(dropped()).toBe(2);
    }, 5);
    player.socket.resume();
    response.resume();
    await broken;
    await eventually(() => expect(player.isClosed()).toBe(true));
  });
});

describe("N5: taking over a stream from another server while publishers need a key", () => {
  it("fails on the stock server, whose own relay has no key", async () => {
    const source = await stock();
    const host = await client(publishAs(source.rtmpPort, "demo"));
    host.sing();
    const server = await stock({ auth: { publish: true, secret: "secret" } });
    server.relay({ url: `rtmp://127.0.0.1:${source.rtmpPort}/live/demo`, streamPath: "/live/relayed" });
    await eventually(() => {
      expect(server.output.some((line) => /relayed authentication verification failed/.test(line))).toBe(true);
    });
  });

  it("needs none in ours, where the programme is published in process", async () => {
    const ingest = await ours();
    const programme = ingest.publishProgramme("/radiodream/demo");
    programme.header(AAC_CONFIG, 0);
    const player = await client(playAs(ingest.port, "demo"));
    await eventually(() => {
      programme.frame(SILENT_FRAME, 21);
      expect(framesOf(player).length).toBeGreaterThan(0);
    });
  });
});

describe("a player that sends audio", () => {
  it("is heard by the other listeners of the stock server", async () => {
    const server = await stock();
    const listener = await client(playAs(server.rtmpPort, "demo", { app: "live" }));
    const intruder = await client(playAs(server.rtmpPort, "demo", { app: "live" }));
    await eventually(() => {
      intruder.write(aacFrame(0, INTRUDER_FRAME));
      expect(framesOf(listener).filter(({ payload }) => isIntruder(payload)).length).toBeGreaterThan(0);
    });
  });

  it("is dropped, and the programme is untouched", async () => {
    const ingest = await ours();
    const programme = ingest.publishProgramme("/radiodream/demo");
    programme.header(AAC_CONFIG, 0);
    const listener = await client(playAs(ingest.port, "demo"));
    const intruder = await client(connectClient(ingest.port));
    intruder.write(connect("radiodream"), CREATE_STREAM, play("demo"), aacFrame(0, INTRUDER_FRAME));
    await eventually(() => expect(intruder.isClosed()).toBe(true));
    programme.frame(SILENT_FRAME, 21);
    await eventually(() => expect(framesOf(listener)).toHaveLength(1));
    expect(framesOf(listener).filter(({ payload }) => isIntruder(payload))).toEqual([]);
    expect(ingest.lines.join("\n")).toContain("media from a client that does not publish");
  });
});

describe("the memory that one connection may claim", () => {
  const manyChunkStreams = Buffer.concat(
    Array.from({ length: 60 }, (_, index) => message({ type: 3, payload: Buffer.alloc(4), chunkStream: 3 + index })),
  );
  /** A header that promises 15 MB, and the first chunk of it. */
  const hugeMessage = Buffer.concat([Buffer.from([4, 0, 0, 0, 0xef, 0xff, 0xff, 8, 1, 0, 0, 0]), Buffer.alloc(128)]);

  it("has no bound on the stock server", async () => {
    const server = await stock();
    const attacker = await client(connectClient(server.rtmpPort));
    attacker.write(manyChunkStreams, hugeMessage);
    await eventually(() => {
      expect(server.largest("chunkStreams")).toBeGreaterThanOrEqual(60);
      expect(server.largest("messageBytes")).toBeGreaterThan(15_000_000);
    });
    expect(attacker.isClosed()).toBe(false);
  });

  it.each([
    ["too many chunk streams", manyChunkStreams, "too many chunk streams"],
    ["an oversized message", hugeMessage, "a message of 15728639 bytes"],
    [
      "a message within a message",
      Buffer.concat([
        hugeMessage.subarray(0, 4),
        Buffer.from([0, 1, 0, 8, 1, 0, 0, 0]),
        Buffer.alloc(128),
        hugeMessage,
      ]),
      "a message begins within another",
    ],
  ])("is bounded: a client with %s is dropped", async (_, bytes, reason) => {
    const ingest = await ours();
    const attacker = await client(connectClient(ingest.port));
    attacker.write(bytes);
    await eventually(() => expect(attacker.isClosed()).toBe(true));
    expect(ingest.lines.join("\n")).toContain(reason);
  });
});

describe("HTTP publishers and bad names", () => {
  const feed = Buffer.concat([
    FLV_AUDIO_HEADER,
    encodeFlvTag({ type: 8, timestamp: 2 ** 31, payload: Buffer.from([0xaf, 1, 0]) }),
  ]);
  const get = (path: string) => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  const upgrade = (path: string) =>
    Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
  const post = (path: string) =>
    Buffer.concat([
      Buffer.from(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${feed.length}\r\n\r\n`),
      feed,
    ]);
  const attacks: [string, Buffer, RegExp][] = [
    ["GET with a bad name", get("/li!ve/a.flv"), /^HTTP\/1.1 404/],
    ["WebSocket with a bad name", upgrade("/li!ve/a"), /^HTTP\/1.1 404/],
    ["POST whose timestamps are beyond 2^31", post("/radiodream/demo.flv"), /^HTTP\/1.1 405/],
  ];

  it.each(attacks)("end the stock server: %s", async (_, bytes) => {
    const server = await stock();
    connectSocket(server.httpPort, "127.0.0.1")
      .on("error", () => {})
      .write(bytes);
    expect(await server.exited).toMatch(/Error/);
  });

  it.each(attacks)("are answered with an error by ours: %s", async (_, bytes, answer) => {
    const ingest = await ours();
    const socket = connectSocket(ingest.httpPort, "127.0.0.1");
    later(() => socket.destroy());
    const answered = new Promise<string>((resolve) => socket.once("data", (chunk) => resolve(chunk.toString())));
    socket.write(bytes);
    expect(await answered).toMatch(answer);
  });
});
