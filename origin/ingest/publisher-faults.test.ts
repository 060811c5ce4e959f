import http from "node:http";
import { describe, expect, it } from "vitest";
import { INTRUDER_FRAME, isIntruder, openArena } from "./fixtures/arena.ts";
import { eventually } from "./fixtures/eventually.ts";
import {
  aacFrame,
  aacHeader,
  CREATE_STREAM,
  connect,
  deltaMessage,
  HELLO,
  HELLO_AGAIN,
  publish,
} from "./fixtures/rtmp-bytes.ts";
import { connectClient, framesOf, playAs, publishAs, type RtmpClient } from "./fixtures/rtmp-client.ts";
import { KEY, type TestIngest } from "./fixtures/test-ingest.ts";

/** Each fault of node-media-server as it is, and the same attack on ours. */

const { ours, stock, client, later } = openArena();
const hostOf = (ingest: TestIngest) => client(publishAs(ingest.port, `demo?key=${KEY}`));

/** Everything an intruder sends in one write: whatever the server answers comes too late. */
const pipelined = (app: string, name: string) =>
  Buffer.concat([
    HELLO,
    HELLO_AGAIN,
    connect(app),
    CREATE_STREAM,
    publish(name),
    aacHeader(),
    ...Array.from({ length: 20 }, (_, frame) => aacFrame(frame * 21, INTRUDER_FRAME)),
  ]);

describe("N1: a publisher that is refused", () => {
  it("is heard by the listeners of the stock server", async () => {
    const server = await stock();
    const host = await client(publishAs(server.rtmpPort, "demo"));
    host.sing();
    const listener = await client(playAs(server.rtmpPort, "demo", { app: "live" }));
    await eventually(() => expect(framesOf(listener).length).toBeGreaterThan(3));
    const intruder = await client(connectClient(server.rtmpPort, { shakeHands: false }));
    intruder.write(pipelined("live", "demo"));
    await eventually(() => {
      expect(framesOf(listener).filter(({ payload }) => isIntruder(payload)).length).toBeGreaterThan(10);
    });
  });

  it.each([
    ["with a wrong key", "demo?key=wrong"],
    ["without a key", "demo"],
    ["as a second host", `demo?key=${KEY}`],
  ])("never gets a packet through %s, even when it sends all at once", async (_, name) => {
    const ingest = await ours();
    const host = await hostOf(ingest);
    host.sing();
    await eventually(() => expect(ingest.hosts[0]?.tags.length).toBeGreaterThan(3));
    const intruder = await client(connectClient(ingest.port, { shakeHands: false }));
    intruder.write(pipelined("live", name));
    await eventually(() => expect(intruder.isClosed()).toBe(true));
    expect(ingest.refusals).toHaveLength(1);
    const heard = ingest.hosts[0]?.tags.length ?? 0;
    await eventually(() => expect(ingest.hosts[0]?.tags.length).toBeGreaterThan(heard + 3));
    expect(ingest.hosts).toHaveLength(1);
    expect(ingest.hosts.flatMap(({ tags }) => tags).filter(({ payload }) => isIntruder(payload))).toEqual([]);
  });
});

describe("N2: the end of a publisher", () => {
  it("is not reported by the stock server when its connection closes", async () => {
    const server = await stock();
    const host = await client(publishAs(server.rtmpPort, "demo"));
    host.sing();
    await eventually(() => expect(server.events("postPublish")).toHaveLength(1));
    host.end();
    await eventually(() => expect(server.output.some((line) => /RTMP session \w+ close/.test(line))).toBe(true));
    // Whatever the server says next comes after a round trip that began when it knew of the end.
    await client(publishAs(server.rtmpPort, "other"));
    await eventually(() => expect(server.events("postPublish")).toHaveLength(2));
    expect(server.events("donePublish")).toEqual([]);
  });

  it("ends its feed at once", async () => {
    const ingest = await ours();
    const host = await hostOf(ingest);
    host.sing();
    await eventually(() => expect(ingest.hosts).toHaveLength(1));
    const closedAt = performance.now();
    host.end();
    await ingest.hosts[0]?.feed.ended;
    expect(performance.now() - closedAt).toBeLessThan(2000);
  });
});

describe("N3: a publisher that is frozen or half open", () => {
  const FROZEN_MS = 400;

  it("keeps its name on the stock server", async () => {
    const server = await stock();
    const host = await client(publishAs(server.rtmpPort, "demo"));
    host.sing();
    await eventually(() => expect(server.events("postPublish")).toHaveLength(1));
    host.freeze();
    const until = performance.now() + 2 * FROZEN_MS;
    while (performance.now() < until) {
      const next = await client(publishAs(server.rtmpPort, "demo"));
      await eventually(() => expect(next.isClosed()).toBe(true));
    }
    expect(server.output.some((line) => line.includes("already has a publisher"))).toBe(true);
  });

  it("is ended by our own timer, and its name is free", async () => {
    const ingest = await ours({ audioTimeoutMs: FROZEN_MS, takeoverAfterMs: 10_000 });
    const host = await hostOf(ingest);
    host.sing();
    await eventually(() => expect(ingest.hosts).toHaveLength(1));
    host.freeze();
    expect(await ingest.hosts[0]?.feed.ended).toBe("no audio for 0.4 s");
    await eventually(() => expect(host.isClosed()).toBe(true));
    const next = await hostOf(ingest);
    next.sing();
    await eventually(() => expect(ingest.hosts).toHaveLength(2));
  });

  it("gives way to a second host sooner, once its audio is late", async () => {
    const ingest = await ours({ audioTimeoutMs: 10_000, takeoverAfterMs: 200 });
    const host = await hostOf(ingest);
    host.sing();
    await eventually(() => expect(ingest.hosts).toHaveLength(1));
    host.freeze();
    await eventually(async () => {
      const next = await hostOf(ingest);
      next.sing();
      await eventually(() => expect(next.isClosed() || ingest.hosts.length === 2).toBe(true));
      expect(ingest.hosts).toHaveLength(2);
    });
    expect(await ingest.hosts[0]?.feed.ended).toMatch(/^taken over from 127\.0\.0\.1:/);
  });
});

describe("N6: the timestamps of a publisher that comes back", () => {
  const EPOCH_MS = 2 ** 31 - 100_000;

  it("are shifted by the stock server, until it dies of them", async () => {
    const server = await stock();
    for (let time = 0; time < 3 && server.isAlive(); time += 1) {
      const host = await client(publishAs(server.rtmpPort, "demo"));
      host.sing(EPOCH_MS);
      await eventually(() => {
        expect(!server.isAlive() || server.events("postPublish").length > time).toBe(true);
      });
      host.end();
      await eventually(() => {
        const closed = server.output.filter((line) => /RTMP session \w+ close/.test(line));
        expect(!server.isAlive() || closed.length > time).toBe(true);
      });
    }
    expect(await server.exited).toMatch(/RangeError/);
  });

  it("are kept as they are", async () => {
    const ingest = await ours();
    for (let time = 0; time < 3; time += 1) {
      const host = await hostOf(ingest);
      host.sing(EPOCH_MS);
      await eventually(() => expect(ingest.hosts[time]?.tags.length).toBeGreaterThan(2));
      host.end();
      await ingest.hosts[time]?.feed.ended;
      expect(ingest.hosts[time]?.tags.slice(0, 3).map(({ timestamp }) => timestamp)).toEqual([
        EPOCH_MS,
        EPOCH_MS,
        EPOCH_MS + 21,
      ]);
    }
  });
});

describe("N7: a second publisher that is about to be refused", () => {
  it("is announced by the stock server", async () => {
    const server = await stock();
    const host = await client(publishAs(server.rtmpPort, "demo"));
    host.sing();
    await eventually(() => expect(server.events("postPublish")).toHaveLength(1));
    const second = await client(publishAs(server.rtmpPort, "demo"));
    await eventually(() => expect(second.isClosed()).toBe(true));
    expect(server.events("postPublish")).toHaveLength(2);
  });

  it("is reported as refused and nothing else", async () => {
    const ingest = await ours();
    const host = await hostOf(ingest);
    host.sing();
    await eventually(() => expect(ingest.hosts[0]?.tags.length).toBeGreaterThan(2));
    const second = await hostOf(ingest);
    await eventually(() => expect(second.isClosed()).toBe(true));
    expect(ingest.hosts).toHaveLength(1);
    expect(ingest.refusals).toEqual([
      { station: "demo", remote: second.remote, reason: `another host is on the air from ${host.remote}` },
    ]);
  });
});

describe("N8: authorisation", () => {
  it("comes too late on the stock server, when its webhook is slow to refuse", async () => {
    const hook = http.createServer((_, response) => {
      asked = () => response.writeHead(403).end();
    });
    let asked: (() => void) | null = null;
    await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
    later(() => hook.close());
    const address = hook.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const server = await stock({ notify: { url: `http://127.0.0.1:${port}/` } });
    const listener = await client(playAs(server.rtmpPort, "demo", { app: "live" }));
    const intruder = await client(publishAs(server.rtmpPort, "demo"));
    intruder.sing();
    await eventually(() => expect(asked).not.toBeNull());
    await eventually(() => expect(framesOf(listener).length).toBeGreaterThan(10));
  });

  it("is decided before the first packet", async () => {
    const ingest = await ours();
    const intruder = await client(publishAs(ingest.port, "demo?key=wrong"));
    intruder.sing();
    await eventually(() => expect(intruder.isClosed()).toBe(true));
    expect(ingest.hosts).toEqual([]);
    expect(ingest.refusals[0]).toMatchObject({ station: "demo", reason: "the key is not one of the station's" });
  });
});

describe("a publisher whose timestamps run over 2^32 ms", () => {
  const START = 2 ** 32 - 50;
  const overrun = (host: RtmpClient) => {
    host.write(aacHeader(START));
    for (let frame = 0; frame < 5; frame += 1) host.write(deltaMessage(8, 20, Buffer.from([0xaf, 1, frame])));
  };

  it("is dropped silently by the stock server", async () => {
    const server = await stock();
    const host = await client(publishAs(server.rtmpPort, "demo"));
    const listener = await client(playAs(server.rtmpPort, "demo", { app: "live" }));
    await eventually(() => expect(server.events("postPlay")).toHaveLength(1));
    overrun(host);
    // What comes with a full header is heard again, so the frames between are lost, not late.
    host.write(aacFrame(5));
    await eventually(() => expect(framesOf(listener).at(-1)?.timestamp).toBe(5));
    expect(framesOf(listener)).toHaveLength(3);
  });

  it("is heard without a loss, its timestamps modulo 2^32", async () => {
    const ingest = await ours();
    const host = await hostOf(ingest);
    overrun(host);
    await eventually(() => expect(ingest.hosts[0]?.tags).toHaveLength(6));
    expect(ingest.hosts[0]?.tags.map(({ timestamp }) => timestamp)).toEqual([
      START,
      START + 20,
      START + 40,
      10,
      30,
      50,
    ]);
  });
});
