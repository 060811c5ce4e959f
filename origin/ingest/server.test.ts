import http from "node:http";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { openArena } from "./fixtures/arena.ts";
import { eventually } from "./fixtures/eventually.ts";
import {
  AAC_CONFIG,
  aacHeader,
  amf,
  CREATE_STREAM,
  command,
  connect,
  message,
  publish,
  SILENT_FRAME,
} from "./fixtures/rtmp-bytes.ts";
import { connectClient, publishAs, type RtmpClient } from "./fixtures/rtmp-client.ts";
import { KEY } from "./fixtures/test-ingest.ts";
import { startIngest } from "./server.ts";

const { ours: start, client, later } = openArena();

const closed = (subject: RtmpClient) => eventually(() => expect(subject.isClosed()).toBe(true));
const said = ({ received }: RtmpClient) => received.map(({ payload }) => payload.toString("latin1")).join("\n");

describe("a host", () => {
  it("is announced with its first AAC message, by the name of its key, and heard from that message on", async () => {
    const ingest = await start();
    const host = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    await eventually(() => expect(said(host)).toContain("NetStream.Publish.Start"));
    expect(ingest.hosts).toEqual([]);
    host.write(message({ type: 8, payload: Buffer.from([0xaf, 0]) }));
    host.write(aacHeader(7));
    await eventually(() => expect(ingest.hosts).toHaveLength(1));
    const { feed, tags } = ingest.hosts[0] ?? expect.fail();
    expect(feed).toMatchObject({ station: "demo", key: { id: "key-1", name: "Anna" }, remote: host.remote });
    expect(tags).toEqual([{ type: 8, timestamp: 7, payload: Buffer.from([0xaf, 0, ...AAC_CONFIG]) }]);
  });

  it("says what is on before the first sound, and again when that changes", async () => {
    const ingest = await start();
    const host = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    const say = (title: string) =>
      host.write(message({ type: 18, payload: amf("@setDataFrame", "onMetaData", { title }) }));
    say("Tide");
    host.sing();
    const scripts = () => ingest.hosts[0]?.tags.filter(({ type }) => type === 18).map(({ payload }) => payload);
    await eventually(() => expect(scripts()).toEqual([amf("onMetaData", { title: "Tide" })]));
    say("Train");
    await eventually(() => expect(scripts()).toHaveLength(2));
  });

  it("may send video and other data, which nobody hears of", async () => {
    const ingest = await start();
    const host = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    host.write(
      message({ type: 18, payload: Buffer.from("whatever") }),
      message({ type: 18, payload: Buffer.alloc(0) }),
    );
    host.write(message({ type: 9, payload: Buffer.alloc(1_000_000, 0x17), chunkStream: 6 }));
    // OBS sends audio and video on one chunk stream.
    host.write(aacHeader(), message({ type: 9, payload: Buffer.alloc(1_000_000, 0xaf) }));
    host.sing();
    await eventually(() => expect(ingest.hosts[0]?.tags.length).toBeGreaterThan(3));
    expect(ingest.hosts[0]?.tags.every(({ payload }) => payload.length < 20)).toBe(true);
    expect(ingest.hosts[0]?.tags.every(({ type }) => type === 8)).toBe(true);
  });

  it("is refused when its video messages exceed 4 MB", async () => {
    const ingest = await start();
    const host = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    host.write(message({ type: 9, payload: Buffer.alloc(4_194_305), chunkStream: 6 }, 100_000).subarray(0, 10_000));
    await closed(host);
    expect(ingest.lines.join("\n")).toContain("a message of 4194305 bytes");
  });

  it("is refused with a word when its audio is not AAC", async () => {
    const ingest = await start();
    const host = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    host.write(message({ type: 8, payload: Buffer.from([0x2f, 1, 2]) }));
    await closed(host);
    expect(ingest.refusals).toEqual([{ station: "demo", remote: host.remote, reason: "the audio is not AAC" }]);
    expect(ingest.hosts).toEqual([]);
  });

  it.each([
    ["a wrong key", "live", "demo?key=wrong-Key", "demo", "the key is not one of the station's"],
    ["no key", "live", "demo", null, "no key was given"],
    ["a station that is none", "live", `de!mo?key=${KEY}`, null, "not a station's name"],
    ["the programme's own application", "radiodream", `demo?key=${KEY}`, null, "hosts publish to the application live"],
  ])("is refused with a word for %s", async (_, app, name, station, reason) => {
    const ingest = await start();
    const host = await client(publishAs(ingest.port, name, { app }));
    await closed(host);
    expect(said(host)).toContain("NetStream.Publish.BadName");
    expect(ingest.refusals).toEqual([{ station, remote: host.remote, reason }]);
    expect(ingest.lines.some((line) => line.includes(host.remote) && line.includes(reason))).toBe(true);
  });

  it("never finds its key in the log, however it came", async () => {
    const ingest = await start();
    for (const [app, name] of [
      ["live", `demo?key=${KEY}`],
      [`live?key=${KEY}`, "demo"],
      ["live", KEY],
      [KEY, "demo"],
      ["live", `demo?key=${KEY}extra`],
    ] as const) {
      const host = await client(publishAs(ingest.port, name, { app }));
      host.sing();
      await eventually(() => expect(host.isClosed() || ingest.hosts.some((heard) => heard.reason === null)).toBe(true));
      host.end();
      await eventually(() => expect(ingest.hosts.every((heard) => heard.reason !== null)).toBe(true));
    }
    expect(ingest.hosts).toHaveLength(2);
    expect(ingest.lines.length).toBeGreaterThan(8);
    expect(ingest.lines.join("\n")).not.toContain(KEY);
    expect(JSON.stringify(ingest.refusals)).not.toContain(KEY);
  });

  it("is disconnected when its feed is closed, and leaves when it says so", async () => {
    const ingest = await start();
    const first = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    first.sing();
    await eventually(() => expect(ingest.hosts).toHaveLength(1));
    ingest.hosts[0]?.feed.close("taken off the air");
    await closed(first);
    const second = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    second.sing();
    await eventually(() => expect(ingest.hosts).toHaveLength(2));
    second.write(command("deleteStream", 4, null, 1));
    expect(await ingest.hosts[1]?.feed.ended).toBe("the client ended its stream");
  });

  it("may not publish twice over one connection", async () => {
    const ingest = await start();
    const host = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    host.write(publish(`other?key=${KEY}`));
    await closed(host);
    expect(ingest.lines.join("\n")).toContain("a second stream on one connection");
  });

  it("is acknowledged once in a window of its choice", async () => {
    const ingest = await start();
    const host = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    host.write(message({ type: 5, payload: Buffer.from([0, 0, 0x10, 0]), chunkStream: 2, streamId: 0 }));
    host.sing();
    await eventually(() => expect(host.received.filter(({ type }) => type === 3).length).toBeGreaterThan(0));
  });

  it("is let go, and the log says why, when its audio cannot be taken here", async () => {
    const ingest = await start();
    const host = await client(publishAs(ingest.port, `demo?key=${KEY}`));
    host.write(aacHeader());
    await eventually(() => expect(ingest.hosts).toHaveLength(1));
    ingest.hosts[0]?.feed.onTag((tag) => {
      if (tag.timestamp > 0) throw new Error("no room in the mix");
    });
    host.sing(21);
    await closed(host);
    expect(ingest.lines.some((line) => line.includes('"error"') && line.includes("no room in the mix"))).toBe(true);
  });
});

describe("a connection", () => {
  it.each([
    ["says nothing", Buffer.alloc(0), false],
    ["stops during the handshake", Buffer.from([3, 1, 2]), false],
    ["connects and then waits", Buffer.concat([connect("live"), CREATE_STREAM]), true],
  ])("that %s is dropped in time", async (_, bytes, shakeHands) => {
    const ingest = await start({ setupTimeoutMs: 500 });
    const idle = await client(connectClient(ingest.port, { shakeHands }));
    idle.write(bytes);
    await closed(idle);
    expect(ingest.lines.join("\n")).toContain("neither publish nor play within 0.5 s");
  });

  it("that does not speak RTMP is dropped at its first byte", async () => {
    const ingest = await start();
    const browser = await client(connectClient(ingest.port, { shakeHands: false }));
    browser.write(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    await closed(browser);
    expect(ingest.lines.join("\n")).toContain("not RTMP");
  });

  it("finds room only within the bounds, in all and from one address", async () => {
    const ingest = await start({ connections: 3, connectionsPerAddress: 2 });
    const fits = [
      await client(connectClient(ingest.port)),
      await client(connectClient(ingest.port)),
      await client(connectClient(ingest.port, { localAddress: "127.0.0.2" })),
    ];
    for (const localAddress of ["127.0.0.1", "127.0.0.3"]) {
      await expect(connectClient(ingest.port, { localAddress })).rejects.toThrow();
    }
    expect(ingest.lines.filter((line) => line.includes("too many connections"))).toHaveLength(2);
    fits[0]?.end();
    await eventually(() => client(connectClient(ingest.port)));
  });

  it("that asks much and reads nothing is dropped", async () => {
    const ingest = await start();
    const flood = await client(connectClient(ingest.port));
    flood.write(connect("live"));
    flood.socket.pause();
    const asked = Buffer.concat(Array.from({ length: 2000 }, () => CREATE_STREAM));
    await eventually(() => {
      for (let more = 0; more < 10; more += 1) flood.write(asked);
      expect(ingest.lines.join("\n")).toContain("it reads too slowly");
    }, 5);
  });

  it.each([0, 0x80000000])("may not set a chunk size of %i", async (bytes) => {
    const ingest = await start();
    const attacker = await client(connectClient(ingest.port));
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes);
    attacker.write(message({ type: 1, payload, chunkStream: 2, streamId: 0 }));
    await closed(attacker);
    expect(ingest.lines.join("\n")).toContain(`a chunk size of ${bytes}`);
  });
});

describe("the ingest", () => {
  it("is the only one of its process, and leaves nothing behind for the next", async () => {
    const options = {
      host: "127.0.0.1",
      authorize: () => null,
      onLive: () => {},
      onRefused: () => {},
      clock: systemClock,
      log: createLog({ write: () => {} }),
    };
    const first = await start();
    await expect(startIngest({ ...options, port: 0 })).rejects.toThrow(/already/);
    const host = await client(publishAs(first.port, `demo?key=${KEY}`));
    host.sing();
    await eventually(() => expect(first.hosts).toHaveLength(1));
    const programme = first.publishProgramme("/radiodream/demo");
    await first.close();
    expect(first.hosts[0]?.reason).toBe("the ingest closes");
    programme.frame(SILENT_FRAME, 0);

    const second = await startIngest({ ...options, port: first.port });
    later(() => second.close());
    second.publishProgramme("/radiodream/demo");
  });

  it("says so when its port is taken, and can then be started elsewhere", async () => {
    const taken = http.createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    later(() => taken.close());
    const address = taken.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const options = { authorize: () => null, onLive: () => {}, onRefused: () => {} };
    const log = createLog({ write: () => {} });
    await expect(startIngest({ host: "127.0.0.1", port, clock: systemClock, log, ...options })).rejects.toThrow(
      /EADDRINUSE/,
    );
    await start();
  });
});
