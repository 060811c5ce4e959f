import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { acceptFeed, forwardFeed } from "./feed-forward.ts";
import { eventually } from "./fixtures/eventually.ts";
import { AAC_CONFIG, SILENT_FRAME } from "./fixtures/rtmp-bytes.ts";
import { encodeAacFrame, encodeAacHeader, type FlvTag } from "./flv.ts";
import { type FeedSource, type LiveFeed, openFeed } from "./live-feed.ts";

const SECRET = "feed-secret-of-the-station-demo-0123456789";

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

type Studio = {
  readonly url: string;
  readonly feeds: LiveFeed[];
  readonly releases: (() => void)[];
  readonly tags: FlvTag[];
  readonly lines: string[];
  readonly server: Server;
  live: boolean;
};

async function startStudio(options: { audioTimeoutMs?: number } = {}): Promise<Studio> {
  const lines: string[] = [];
  const feeds: LiveFeed[] = [];
  const releases: (() => void)[] = [];
  const tags: FlvTag[] = [];
  const server = createServer((request, response) => {
    const served = acceptFeed(request, response, {
      secretOf: (station) => (station === "demo" ? SECRET : null),
      hasLive: () => studio.live,
      onLive(feed, release) {
        feeds.push(feed);
        releases.push(release);
        feed.onTag((tag) => tags.push(tag));
      },
      clock: systemClock,
      log: createLog({ write: (line) => lines.push(line) }),
      ...options,
    });
    if (!served) response.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const studio: Studio = { url, feeds, releases, tags, lines, server, live: false };
  ends.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return studio;
}

/** A host at this origin who sends a frame every few ms. */
function startHost(): FeedSource {
  const source = openFeed({
    station: "demo",
    key: { id: "key-1", name: "Zoë 🎙\n" },
    remote: "192.0.2.7:4711",
    clock: systemClock,
  });
  let timestamp = 0;
  source.push({ type: 8, timestamp, payload: encodeAacHeader(AAC_CONFIG) });
  const singing = setInterval(() => {
    timestamp += 21;
    source.push({ type: 8, timestamp, payload: encodeAacFrame(SILENT_FRAME) });
  }, 10);
  ends.push(() => {
    clearInterval(singing);
    source.feed.close("the test ends");
  });
  return source;
}

function forward(source: FeedSource, studioUrl: string, secret = SECRET) {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  const { stop } = forwardFeed(source.feed, { studioUrl, station: "demo", secret, log });
  ends.push(stop);
  return { stop, lines };
}

describe("a feed that is handed over to the studio", () => {
  it("arrives as it was, from its header on, and says whose it is", async () => {
    const studio = await startStudio();
    const host = startHost();
    const sent: FlvTag[] = [];
    host.feed.onTag((tag) => sent.push(tag));
    forward(host, studio.url);
    await eventually(() => expect(studio.tags.length).toBeGreaterThan(10));
    expect(studio.feeds).toHaveLength(1);
    const { since } = host.feed;
    expect(studio.feeds[0]).toMatchObject({ station: "demo", key: { id: "key-1", name: "Zoë 🎙\n" }, since });
    expect(studio.feeds[0]?.remote).toMatch(/^192\.0\.2\.7:4711 via 127\.0\.0\.1:\d+$/);
    const arrived = studio.tags.slice(0, 10);
    expect(arrived).toEqual(sent.slice(0, 10));
    expect(studio.lines.join("\n")).not.toContain(SECRET);
  });

  it("is kept by its origin when the studio lets go of it, and handed over again", async () => {
    const studio = await startStudio();
    const host = startHost();
    forward(host, studio.url);
    await eventually(() => expect(studio.feeds).toHaveLength(1));
    studio.releases[0]?.();
    expect(await studio.feeds[0]?.ended).toMatch(/broke/);
    await eventually(() => expect(studio.feeds).toHaveLength(2));
    expect(host.isOpen()).toBe(true);
  });

  it("ends there at once when the host leaves here", async () => {
    const studio = await startStudio();
    const host = startHost();
    forward(host, studio.url);
    await eventually(() => expect(studio.feeds).toHaveLength(1));
    host.feed.close("the host left");
    expect(await studio.feeds[0]?.ended).toMatch(/left|broke/);
  });

  it("ends there, and not here, when forwarding stops", async () => {
    const studio = await startStudio();
    const host = startHost();
    const { stop } = forward(host, studio.url);
    await eventually(() => expect(studio.feeds).toHaveLength(1));
    stop();
    await studio.feeds[0]?.ended;
    expect(host.isOpen()).toBe(true);
  });

  it("ends here, for the same reason, when the studio closes it", async () => {
    const studio = await startStudio();
    const host = startHost();
    forward(host, studio.url);
    await eventually(() => expect(studio.feeds).toHaveLength(1));
    studio.feeds[0]?.close("taken off the air");
    expect(await host.feed.ended).toBe("taken off the air");
  });

  it("ends here when another host is on at the studio", async () => {
    const studio = await startStudio();
    studio.live = true;
    const host = startHost();
    forward(host, studio.url);
    expect(await host.feed.ended).toBe("another host is on the air");
    expect(studio.feeds).toEqual([]);
  });

  it("goes on after the studio was gone", async () => {
    const studio = await startStudio();
    const host = startHost();
    forward(host, studio.url);
    await eventually(() => expect(studio.feeds).toHaveLength(1));
    studio.server.closeAllConnections();
    await eventually(() => expect(studio.feeds).toHaveLength(2));
    expect(await studio.feeds[0]?.ended).toMatch(/broke/);
    const heard = studio.tags.length;
    await eventually(() => expect(studio.tags.length).toBeGreaterThan(heard + 3));
    expect(host.isOpen()).toBe(true);
  });

  it("takes a 409 right after a break for its own former connection, and tries again", async () => {
    const studio = await startStudio();
    const host = startHost();
    const { lines } = forward(host, studio.url);
    await eventually(() => expect(studio.feeds).toHaveLength(1));
    studio.live = true;
    studio.server.closeAllConnections();
    await eventually(() => expect(lines.join("\n")).toContain('"status":409'));
    studio.live = false;
    await eventually(() => expect(studio.feeds).toHaveLength(2));
    expect(host.isOpen()).toBe(true);
  });

  it("waits for a studio that does not know the secret yet, and says so", async () => {
    const studio = await startStudio();
    const host = startHost();
    const { lines } = forward(host, studio.url, "another-secret-0123456789-0123456789");
    await eventually(() => expect(lines.filter((line) => line.includes('"status":401')).length).toBeGreaterThan(1));
    expect(host.isOpen()).toBe(true);
    expect(studio.feeds).toEqual([]);
    expect(studio.lines.join("\n")).toContain("The feed secret is not the station's.");
  });

  it("waits no longer than a few seconds for a studio that accepts the connection and is dead", async () => {
    const sockets: Socket[] = [];
    const dead = createTcpServer((socket) => void sockets.push(socket.on("error", () => {})));
    await new Promise<void>((resolve) => dead.listen(0, "127.0.0.1", resolve));
    ends.push(() => {
      for (const socket of sockets) socket.destroy();
      dead.close();
    });
    const host = startHost();
    const { lines } = forward(host, `http://127.0.0.1:${(dead.address() as AddressInfo).port}`);
    await eventually(() => expect(sockets.length).toBeGreaterThan(1));
    expect(lines.join("\n")).toContain("the studio is silent");
    expect(host.isOpen()).toBe(true);
  });
});

describe("the studio's door", () => {
  const headers = { "x-feed-key-id": "key-1", "x-feed-host": "Anna", "x-feed-remote": "192.0.2.7:4711" };
  const authorization = `Bearer ${SECRET}`;

  it.each([
    ["without a secret", "/feed/demo", headers, 401],
    ["with a wrong secret", "/feed/demo", { ...headers, authorization: `${authorization}x` }, 401],
    ["for a station whose studio is elsewhere", "/feed/other", { ...headers, authorization }, 404],
    ["that does not say whose it is", "/feed/demo", { authorization }, 422],
    ["whose host is not percent-encoded", "/feed/demo", { ...headers, "x-feed-host": "%", authorization }, 422],
    ["that is not FLV", "/feed/demo", { ...headers, authorization }, 422],
  ])("refuses a feed %s", async (_, path, sent, status) => {
    const studio = await startStudio();
    const answer = await fetch(`${studio.url}${path}`, { method: "POST", headers: sent, body: "not FLV" });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toHaveProperty("error.code");
    expect(studio.feeds).toEqual([]);
    expect(studio.lines.join("\n")).toContain("a feed was refused");
  });

  it("is a POST, and leaves other addresses to others", async () => {
    const studio = await startStudio();
    expect((await fetch(`${studio.url}/feed/demo`)).status).toBe(405);
    expect((await fetch(`${studio.url}/feed/de%20mo`, { method: "POST" })).status).toBe(418);
    expect((await fetch(`${studio.url}/elsewhere`)).status).toBe(418);
  });

  it("ends a feed whose audio stops, though its connection stays", async () => {
    const studio = await startStudio({ audioTimeoutMs: 300 });
    const silent = openFeed({
      station: "demo",
      key: { id: "key-1", name: "Anna" },
      remote: "192.0.2.7:4711",
      clock: systemClock,
    });
    ends.push(() => silent.feed.close("the test ends"));
    silent.push({ type: 8, timestamp: 0, payload: encodeAacHeader(AAC_CONFIG) });
    forward(silent, studio.url);
    await eventually(() => expect(studio.feeds).toHaveLength(1));
    expect(await studio.feeds[0]?.ended).toBe("no audio for 0.3 s");
    expect(await silent.feed.ended).toBe("no audio for 0.3 s");
  });
});
