import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DesiredStation } from "../../contracts/fleet.ts";
import { frameAt, segmentAt } from "../../contracts/timeline.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import type { FlvTag } from "../ingest/flv.ts";
import { openFeed } from "../ingest/live-feed.ts";
import type { Ingest } from "../ingest/server.ts";
import { tagsOf } from "../packager/fixtures/programme.ts";
import { createAddressGuard } from "../relay/address.ts";
import { type Station, startStation } from "./station.ts";

const { studios } = vi.hoisted(() => ({ studios: [] as { generation: number; running: boolean; hosts: string[] }[] }));

/** A studio that makes no sound, and ends every host it was given when it stops, as the real one does. */
vi.mock("./studio.ts", () => ({
  startStudio({ desired }: { desired: DesiredStation }) {
    const studio = { generation: desired.generation, running: true, hosts: [] as string[] };
    studios.push(studio);
    const feeds: { close(reason: string): void }[] = [];
    return {
      generation: desired.generation,
      programme: {
        offerLive(feed: { id: string; close(reason: string): void }) {
          studio.hosts.push(feed.id);
          feeds.push(feed);
        },
        setLiveAllowed() {},
        setLiveSilence() {},
        status: () => ({ source: "autopilot", live: null, latenessMs: 10 }),
      },
      async stop() {
        studio.running = false;
        for (const feed of feeds) feed.close("the programme has ended");
      },
    };
  },
}));

const NOW = segmentAt(Date.now(), 150);

/** The edge and another studio in one: keeps what is PUT, tells what is published, takes hosts that are handed on. */
async function startWorld() {
  const world = {
    published: null as unknown,
    studio: null as unknown,
    puts: [] as string[],
    feeds: 0,
    url: "",
    uploads: true,
  };
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (request.method === "PUT") {
      world.puts.push(path);
      request.resume().on("end", () => (world.uploads ? answer(200, {}) : null));
    } else if (path.startsWith("/feed/")) {
      world.feeds++;
      response.writeHead(200).write("\n");
    } else if (path.endsWith("/published")) answer(200, { published: world.published, studio: world.studio });
    else answer(404, {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { world, close };
}

let ends: (() => unknown)[] = [];
beforeEach(() => void studios.splice(0));
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

async function start(options: { controlSilentMs?: () => number | null } = {}) {
  const { world, close } = await startWorld();
  ends.push(close);
  const here: DesiredStation = {
    slug: "demo",
    name: "Demo",
    framesPerSegment: 150,
    renditions: ["aac-48k"],
    generation: 4,
    roles: ["studio", "slicer"],
    studio: { origin: "origin-1", url: "http://127.0.0.1:1" },
    livePolicy: "auto",
    liveAllowed: true,
    liveSilenceSeconds: 15,
    keys: [],
    feedSecret: "0123456789abcdef0123456789abcdef",
  };
  const elsewhere: DesiredStation = {
    ...here,
    generation: 5,
    roles: ["slicer"],
    studio: { origin: "origin-2", url: world.url },
  };
  let hear: (tag: FlvTag) => void = () => {};
  const ingest: Pick<Ingest, "tapProgramme" | "publishProgramme"> = {
    publishProgramme: () => ({ header() {}, frame() {}, script() {}, close() {} }),
    tapProgramme(_path, onTag) {
      hear = onTag;
      return () => {};
    },
  };
  const station: Station = startStation({
    origin: "origin-1",
    desired: here,
    edgeUrl: world.url,
    token: () => "rdo_token",
    libraryFolder: "/nowhere",
    planFolder: "/nowhere",
    prepared: { pathOf: () => null, discard: () => {} },
    relayGuard: createAddressGuard(false),
    ffmpeg: { ffmpeg: "ffmpeg", ffprobe: "ffprobe" },
    ingest: ingest as Ingest,
    controlSilentMs: options.controlSilentMs ?? (() => 100),
    onIncident: () => {},
    clock: systemClock,
    log: createLog({ write: () => {} }),
  });
  ends.push(() => station.stop());
  await vi.waitFor(() => expect(studios).toHaveLength(1));

  const goLive = () => {
    const source = openFeed({
      station: "demo",
      key: { id: "key-1", name: "Anna" },
      remote: "192.0.2.7:4711",
      clock: systemClock,
      audioTimeoutMs: 20_000,
    });
    const ended: string[] = [];
    void source.feed.ended.then((reason) => ended.push(reason));
    ends.push(() => source.feed.close("the test ends"));
    station.takeLive(source.feed);
    return { feed: source.feed, ended };
  };
  return { world, station, here, elsewhere, hear: (tag: FlvTag) => hear(tag), goLive };
}

/** A whole segment and the stamp that closes it, just made. */
const wholeSegment = (number: number, generation: number) =>
  tagsOf({ framesPerSegment: 150, first: number * 150, frames: 151, generation });

describe("A studio in whose place another was named", () => {
  it("stops, and its host stays and is handed on to the new one", async () => {
    const { world, station, elsewhere, goLive } = await start();
    const { feed, ended } = goLive();
    await vi.waitFor(() => expect(studios[0]?.hosts).toEqual([feed.id]));
    station.become(elsewhere);
    await vi.waitFor(() => expect(world.feeds).toBe(1));
    expect(studios).toMatchObject([{ running: false }]);
    expect(ended).toEqual([]);
    expect(station.report()).toMatchObject({ source: null, generation: 5, live: { name: "Anna" } });
    expect(station.feedSecret()).toBeNull();
  });

  it("does not upload what the new one has published in its place", async () => {
    const { world, station, elsewhere, hear } = await start();
    world.uploads = false;
    for (const tag of wholeSegment(NOW, 4)) hear(tag);
    await vi.waitFor(() => expect(world.puts).toHaveLength(1));
    world.published = { segment: NOW + 1, generation: 5, counters: {} };
    station.become(elsewhere);
    await vi.waitFor(() => expect(station.report().queued).toBe(0));
    expect(station.report().published).toBeNull();
  });

  it("finds out by itself when control is silent, and keeps its host while it does not know the new one", async () => {
    const { world, station, goLive } = await start({ controlSilentMs: () => 60_000 });
    const { ended } = goLive();
    world.published = { segment: NOW, generation: 9, counters: {} };
    await vi.waitFor(() => expect(studios[0]?.running).toBe(false), { timeout: 8000 });
    await vi.waitFor(() => expect(station.report()).toMatchObject({ source: null, generation: 9, heardMs: null }));
    expect(ended).toEqual([]);
    world.studio = { origin: "origin-2", url: world.url, generation: 9 };
    await vi.waitFor(() => expect(world.feeds).toBe(1), { timeout: 8000 });
    expect(station.facts().studio).toMatchObject({ origin: "origin-2" });
    expect(ended).toEqual([]);
  });
});

describe("A station on its node", () => {
  it("tells how long ago it heard a frame, which headers alone are not", async () => {
    const { station, hear } = await start();
    const [header, ...others] = tagsOf({ framesPerSegment: 150, first: frameAt(Date.now()), frames: 3 });
    await vi.waitFor(() => expect(station.report().heardMs).toBeGreaterThan(150));
    hear(header as FlvTag);
    expect(station.report().heardMs).toBeGreaterThan(150);
    for (const tag of others) hear(tag);
    expect(station.report().heardMs).toBeLessThan(100);
  });

  it("tells the ladder what is fresh and what is not", async () => {
    const { world, station, hear } = await start();
    expect(station.facts()).toMatchObject({ studio: "here", slicedMs: null, publishedMs: null, mixedBehindMs: 10 });
    for (const tag of wholeSegment(NOW - 1, 4)) hear(tag);
    await vi.waitFor(() => expect(station.facts().publishedMs).not.toBeNull());
    expect(world.puts.at(-1)).toBe("/origin/v1/demo/index.json");
    expect(station.facts().publishedMs).toBeLessThan(20_000);
    expect(station.facts().frameMs).toBeLessThan(1000);
  });

  it("restarts its programme alone, under the same generation, and the host is in the new one", async () => {
    const { station, goLive } = await start();
    const { feed, ended } = goLive();
    await station.restart("programme");
    expect(studios).toMatchObject([
      { generation: 4, running: false },
      { generation: 4, running: true, hosts: [feed.id] },
    ]);
    expect(ended).toEqual([]);
  });

  it("restarts its slicers alone", async () => {
    const { station, hear } = await start();
    hear({ type: 8, timestamp: 0, payload: Buffer.from([0xaf, 1, 1, 2, 3]) });
    await vi.waitFor(() => expect(station.report().heardMs).toBeGreaterThan(100));
    await station.restart("slicer");
    expect(station.report().heardMs).toBeLessThan(100);
    expect(studios).toHaveLength(1);
  });
});
