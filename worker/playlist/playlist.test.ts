import { beforeEach, describe, expect, it, vi } from "vitest";
import { NowJson } from "../../contracts/now-json.ts";
import { firstFrame, isoTime, segmentAt, segmentTime } from "../../contracts/timeline.ts";
import { createWorld, listedIn, numbers, SEGMENT_MS, textOf, type World } from "../test-world.ts";

const PLAYLIST = "/demo/aac-48k/live.m3u8";

let world: World;
let newest: number;

beforeEach(async () => {
  world = await createWorld();
  newest = world.newest();
});

async function listing(path = PLAYLIST): Promise<number[]> {
  const response = await world.fetch(path);
  expect(response.status).toBe(200);
  return listedIn(await textOf(response));
}

/** What is listed when nothing has come for long: the newest twelve numbers that may be heard from the reel by now. */
function latestByClock(): number[] {
  const edge = segmentAt(world.clock.now() - 1.5 * SEGMENT_MS, 150);
  return numbers(edge - 11, edge);
}

describe("the multivariant playlist", () => {
  it("names the station's renditions", async () => {
    const response = await world.fetch("/demo/live.m3u8");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
    expect(await textOf(response)).toMatch(/^#EXTM3U\n[\s\S]*\naac-48k\/live\.m3u8\n[\s\S]*\naac-128k\/live\.m3u8\n$/);
  });
});

describe("the media playlist", () => {
  it("is, to the letter, this", async () => {
    await world.publish("a", [newest - 1, newest]);
    const date = (number: number) => new Date(segmentTime(number, 150)).toISOString();
    const response = await world.fetch(PLAYLIST);
    expect(await textOf(response)).toBe(
      [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-TARGETDURATION:3",
        `#EXT-X-MEDIA-SEQUENCE:${newest - 1}`,
        "#EXT-X-INDEPENDENT-SEGMENTS",
        `#EXT-X-PROGRAM-DATE-TIME:${date(newest - 1)}`,
        "#EXTINF:3.20000,",
        `${newest - 1}.ts`,
        `#EXT-X-PROGRAM-DATE-TIME:${date(newest)}`,
        "#EXTINF:3.20000,",
        `${newest}.ts`,
        "",
      ].join("\n"),
    );
  });

  it("says what is heard in its segments, and when", async () => {
    const begin = firstFrame(newest, 150) + 75;
    const host = { source: "live" as const, title: "Evening show", artist: "", host: "Ann", frames: null };
    await world.publish("a", [newest - 1, newest], {
      items: [
        { frame: begin - 9000, source: "autopilot", title: "Dawn", artist: "Radio Dream", frames: 9000 },
        { frame: begin, ...host },
      ],
    });
    const lines = (await textOf(await world.fetch(PLAYLIST))).split("\n");
    const tags = lines.flatMap((line, at) =>
      line.startsWith("#EXT-X-DATERANGE:") ? [{ line, before: lines[at + 3] }] : [],
    );
    expect(tags).toMatchObject([
      { line: expect.stringContaining('X-TITLE="Dawn"'), before: `${newest - 1}.ts` },
      { line: expect.stringContaining('X-TITLE="Evening show",X-ARTIST="",X-HOST="Ann"'), before: `${newest}.ts` },
    ]);
    expect(tags[1]?.line).toContain(`START-DATE="${new Date(segmentTime(newest, 150) + 1600).toISOString()}"`);
  });

  it("says when the reel is heard that it is, until the programme is back", async () => {
    await world.publish("a", [newest]);
    expect(await textOf(await world.fetch(PLAYLIST))).not.toContain("DATERANGE");
    world.clock.skip(3 * SEGMENT_MS);
    const text = await textOf(await world.fetch(PLAYLIST));
    expect(text).toContain(`ID="item-${firstFrame(newest + 1, 150)}"`);
    expect(text).toContain('X-SOURCE="slate"');
  });

  it("merges what the origins hold", async () => {
    await world.publish("a", numbers(newest - 11, newest - 4));
    await world.publish("b", numbers(newest - 6, newest));
    expect(await listing()).toEqual(numbers(newest - 11, newest));
  });

  it("is fresh until the next segment is due, then to be asked for again", async () => {
    await world.publish("a", [newest]);
    const fresh = await world.fetch(PLAYLIST);
    expect(fresh.headers.get("cache-control")).toMatch(/^public, max-age=[23]$/);
    world.clock.skip(SEGMENT_MS);
    const due = await world.fetch(PLAYLIST);
    expect(due.headers.get("cache-control")).toBe("no-cache");
  });

  it("waits for the segment that is about to come, so that who asks now hears of it now", async () => {
    await world.publish("a", [newest]);
    await listing();
    world.clock.skip(SEGMENT_MS - 500);
    const asked = listing();
    await world.publish("a", [newest, newest + 1]);
    expect(await asked).toEqual(numbers(newest, newest + 1));
  });

  it("is answered at once when the next segment is far, or too late", async () => {
    await world.publish("a", [newest]);
    const answeredWithin = async () => {
      const began = performance.now();
      await listing();
      return performance.now() - began;
    };
    await listing();
    expect(await answeredWithin()).toBeLessThan(700);
    world.clock.skip(SEGMENT_MS + 700);
    await listing();
    expect(await answeredWithin()).toBeLessThan(700);
  });

  it("is answered as it is when the segment that was due does not come", async () => {
    await world.publish("a", [newest]);
    world.clock.skip(SEGMENT_MS);
    expect(await listing()).toEqual([newest]);
  });

  it("may be played from any site and is taken for nothing else", async () => {
    await world.publish("a", [newest]);
    const { headers } = await world.fetch(PLAYLIST);
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
    const preflight = await world.fetch(PLAYLIST, { method: "OPTIONS" });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")).toContain("GET");
  });

  it("answers 304 to who has it, and 200 once it has changed", async () => {
    await world.publish("a", [newest]);
    const etag = (await world.fetch(PLAYLIST)).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[^"]+"$/);
    const same = await world.fetch(PLAYLIST, { headers: { "if-none-match": `"other", W/${etag}` } });
    expect(same.status).toBe(304);
    expect(await textOf(same)).toBe("");
    expect(same.headers.get("etag")).toBe(etag);
    world.clock.skip(SEGMENT_MS);
    await world.publish("a", [newest, newest + 1]);
    expect((await world.fetch(PLAYLIST, { headers: { "if-none-match": etag } })).status).toBe(200);
  });

  it("has the same ETag in every isolate", async () => {
    await world.publish("a", [newest]);
    const etag = (await world.fetch(PLAYLIST)).headers.get("etag");
    world.newIsolate();
    expect((await world.fetch(PLAYLIST)).headers.get("etag")).toBe(etag);
  });

  it("is compressed for who accepts it, under an ETag of its own", async () => {
    await world.publish("a", numbers(newest - 11, newest));
    const plain = await world.fetch(PLAYLIST);
    const zipped = await world.fetch(PLAYLIST, { headers: { "accept-encoding": "gzip, deflate, br" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    expect(zipped.headers.get("vary")).toBe("accept-encoding");
    expect(zipped.headers.get("etag")).not.toBe(plain.headers.get("etag"));
    const unzipped = (zipped.body as ReadableStream).pipeThrough(new DecompressionStream("gzip"));
    expect(await textOf(new Response(unzipped))).toBe(await textOf(plain));
  });

  it("is not compressed for who refuses it", async () => {
    await world.publish("a", [newest]);
    const refused = await world.fetch(PLAYLIST, { headers: { "accept-encoding": "br, gzip;q=0" } });
    expect(refused.headers.get("content-encoding")).toBeNull();
  });

  it("answers HEAD with the same headers and no body", async () => {
    await world.publish("a", [newest]);
    const head = await world.fetch(PLAYLIST, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers.get("etag")).toBe((await world.fetch(PLAYLIST)).headers.get("etag"));
    expect(head.headers.get("content-length")).toMatch(/^\d{3,}$/);
    expect(await textOf(head)).toBe("");
  });

  it("shows with ?origin= what that origin alone offers, kept nowhere", async () => {
    await world.publish("a", numbers(newest - 3, newest));
    await world.publish("b", [newest - 1]);
    expect(await listing(`${PLAYLIST}?origin=b`)).toEqual([newest - 1]);
    const response = await world.fetch(`${PLAYLIST}?origin=b`);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect((await world.fetch(`${PLAYLIST}?origin=nobody`)).status).toBe(404);
  });

  it("shows with ?origin= an origin that takes no part in the routing yet", async () => {
    await world.routing((routing) => {
      routing.stations.demo?.slicers.pop();
    });
    await world.publish("b", [newest]);
    expect(await listing(`${PLAYLIST}?origin=b`)).toEqual([newest]);
    expect(await listing()).not.toContain(newest);
  });

  it.each([
    ["/nowhere/aac-48k/live.m3u8", 404, "unknown_station"],
    ["/constructor/aac-48k/live.m3u8", 404, "unknown_station"],
    ["/demo/aac-64k/live.m3u8", 404, "unknown_rendition"],
  ])("answers %s, which has nothing to list, with %i and never for longer than now", async (path, status, code) => {
    const response = await world.fetch(path);
    expect(response.status).toBe(status);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toMatchObject({ error: { code } });
  });
});

describe("the reads behind a playlist", () => {
  it("are one per index and for the routing, however many listen at once", async () => {
    await world.publish("a", [newest]);
    await world.publish("b", [newest]);
    const responses = await Promise.all(Array.from({ length: 50 }, () => world.fetch(PLAYLIST)));
    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(world.counts).toMatchObject({ get: 3, match: 3, keep: 3 });
  });

  it("are none for a second request in the same moment", async () => {
    await world.publish("a", [newest]);
    await world.publish("b", [newest]);
    await listing();
    world.resetCounts();
    await listing();
    expect(world.counts).toMatchObject({ get: 0, match: 0, keep: 0, direct: 0 });
  });

  it("are shared between the isolates of a data centre", async () => {
    await world.publish("a", [newest]);
    await world.publish("b", [newest]);
    await listing();
    await world.settled();
    world.newIsolate();
    world.resetCounts();
    expect(await listing()).toEqual([newest]);
    expect(world.counts).toMatchObject({ get: 0, match: 3 });
  });

  it("happen anew after a second", async () => {
    await world.publish("a", [newest - 1]);
    await listing();
    await world.publish("a", [newest - 1, newest]);
    world.clock.skip(1001);
    expect(await listing()).toEqual([newest - 1, newest]);
  });
});

describe("when something fails", () => {
  beforeEach(async () => {
    await world.publish("a", numbers(newest - 2, newest));
    await world.publish("b", numbers(newest - 2, newest));
  });

  it("goes on with the last playlist when R2 throws, then with the reel", async () => {
    await listing();
    world.faults.get = () => "throw";
    world.clock.skip(1500);
    expect(await listing()).toEqual(numbers(newest - 2, newest));
    world.clock.skip(600_000);
    expect(await listing()).toEqual(latestByClock());
  });

  it("goes on with the last playlist, at once, when R2 hangs", async () => {
    await listing();
    world.faults.get = () => "hang";
    world.clock.skip(1500);
    expect(await listing()).toEqual(numbers(newest - 2, newest));
    expect(world.lines.join()).not.toContain("took longer");
  });

  it("reads the index from the origin itself when R2 throws", async () => {
    await listing();
    world.faults.get = (key) => (key.startsWith("live/") ? "throw" : null);
    const index = await world.publish("a", numbers(newest - 1, newest + 1), {
      updatedAt: world.clock.now() + SEGMENT_MS,
    });
    world.direct.set("a", (path) => (path === "/demo/index.json" ? Response.json(index) : null));
    world.clock.skip(SEGMENT_MS);
    expect(await listing()).toEqual(numbers(newest - 2, newest + 1));
  });

  it("reads the index from the origin itself when the one in R2 is stale", async () => {
    world.clock.skip(3 * SEGMENT_MS);
    const { publish, clock } = world;
    const fresh = { ...(await publish("a", [newest])), updatedAt: clock.now() };
    const ahead = await publish("b", numbers(newest - 2, newest + 3), { updatedAt: clock.now() });
    await publish("a", [newest], { updatedAt: clock.now() - 3 * SEGMENT_MS });
    await publish("b", [newest], { updatedAt: clock.now() - 3 * SEGMENT_MS });
    world.direct.set("a", () => Response.json(fresh));
    world.direct.set("b", () => Response.json(ahead));
    expect(await listing()).toEqual(numbers(newest - 2, newest + 3));
  });

  it("believes no origin that answers with another's index", async () => {
    world.clock.skip(3 * SEGMENT_MS);
    const stolen = await world.publish("b", numbers(newest - 2, newest + 3), { updatedAt: world.clock.now() });
    await world.publish("b", [newest], { updatedAt: world.clock.now() - 3 * SEGMENT_MS });
    world.direct.set("a", () => Response.json(stolen));
    expect(await listing()).toEqual(numbers(newest - 2, newest + 2));
    expect(world.lines.join()).toContain("it is the index of b for demo");
  });

  it("goes on with the other origin when an index is corrupt", async () => {
    await world.put("live/demo/a/index.json", '{"version":1,"stat');
    await world.publish("b", numbers(newest - 2, newest));
    expect(await listing()).toEqual(numbers(newest - 2, newest));
    expect(world.lines.join()).toContain("cannot read the index of a");
  });

  it("goes on with the other origin when one is stale and dead", async () => {
    await world.publish("a", numbers(newest - 20, newest - 9), { updatedAt: world.clock.now() - 30_000 });
    await world.publish("b", numbers(newest - 11, newest));
    expect(await listing()).toEqual(numbers(newest - 11, newest));
  });

  it("answers while one origin's index hangs", async () => {
    world.faults.get = (key) => (key.includes("/a/") ? "hang" : null);
    expect(await listing()).toEqual(numbers(newest - 2, newest));
  });

  it("goes on with the last good routing when it becomes unreadable", async () => {
    await listing();
    await world.put("routing/current.json", '{"schema":2}');
    world.clock.skip(600_000);
    expect(await listing()).toEqual(latestByClock());
  });

  it("starts from the cache when R2 is out", async () => {
    await listing();
    await world.settled();
    world.faults.get = () => "throw";
    world.newIsolate();
    world.clock.skip(600_000);
    expect(await listing()).toEqual(latestByClock());
  });

  it("reads R2 when the cache throws", async () => {
    world.faults.match = () => "throw";
    expect(await listing()).toEqual(numbers(newest - 2, newest));
  });

  it("answers 503 when no routing was ever seen", async () => {
    world.faults.get = () => "throw";
    const response = await world.fetch(PLAYLIST);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await response.json()).toMatchObject({ error: { code: "no_routing" } });
  });

  it("takes over from a request whose client went away while it read", async () => {
    world.faults.get = (key) => (key.includes("/a/") ? "hang" : null);
    void world.fetch(PLAYLIST);
    await vi.waitFor(() => expect(world.counts.get).toBeGreaterThan(1));
    world.faults.get = () => null;
    expect(await listing()).toEqual(numbers(newest - 2, newest));
  });
});

describe("now.json", () => {
  it("tells what is on at the live edge, what was, and what comes, in programme time", async () => {
    const live = firstFrame(newest, 150);
    await world.publish("a", [newest], {
      items: [
        { frame: live - 9000, source: "autopilot", title: "Dawn", artist: "Radio Dream", frames: 9000 },
        { frame: live, source: "live", title: "Evening show", artist: "Ann", frames: null },
        { frame: live + 100_000, source: "autopilot", title: "Not yet", artist: "", frames: 10 },
      ],
      next: [{ source: "autopilot", title: "Dusk", artist: "Radio Dream", frames: 100 }],
    });
    const response = await world.fetch("/demo/now.json");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("cache-control")).toMatch(/max-age=[23]$/);
    const begin = new Date(segmentTime(newest, 150)).toISOString();
    expect(NowJson.parse(await response.json())).toEqual({
      station: "demo",
      name: "Demo",
      now: { source: "live", title: "Evening show", artist: "Ann", startsAt: begin, endsAt: null },
      history: [
        { source: "live", title: "Evening show", artist: "Ann", startsAt: begin },
        {
          source: "autopilot",
          title: "Dawn",
          artist: "Radio Dream",
          startsAt: new Date(segmentTime(newest - 60, 150)).toISOString(),
        },
      ],
      next: [{ source: "autopilot", title: "Dusk", artist: "Radio Dream" }],
    });
  });

  it("tells who is live, and where the pictures are", async () => {
    const frame = firstFrame(newest, 150);
    const cover = "c".repeat(64);
    await world.publish("a", [newest], {
      items: [{ frame, source: "live", title: "Evening show", artist: "", host: "Ann", frames: null }],
      next: [{ frame, source: "show", title: "Dusk", artist: "", cover, media: crypto.randomUUID(), frames: 100 }],
    });
    const { now, next } = NowJson.parse(await (await world.fetch("/demo/now.json")).json());
    expect(now).toMatchObject({ title: "Evening show", host: "Ann" });
    expect(next).toEqual([{ source: "show", title: "Dusk", artist: "", art: `/demo/art/${cover}.jpg` }]);
  });

  it("tells when the next ones are planned to start, unless nobody knows when what is on will end", async () => {
    const frame = firstFrame(newest, 150);
    const [second, third] = [frame + 9000, frame + 18_000];
    const common = { source: "autopilot" as const, artist: "" };
    await world.publish("a", [newest], {
      items: [{ ...common, frame, title: "Dawn", frames: 9000 }],
      next: [
        { ...common, frame: second, title: "Noon", frames: 9000 },
        { ...common, frame: third, title: "Dusk", frames: 9000 },
        { ...common, title: "Night", frames: 9000 },
      ],
    });
    const { now, next } = NowJson.parse(await (await world.fetch("/demo/now.json")).json());
    expect(next).toEqual([
      { ...common, title: "Noon", startsAt: now?.endsAt },
      { ...common, title: "Dusk", startsAt: isoTime(third) },
      { ...common, title: "Night" },
    ]);
  });

  it("remembers a hundred items through the restart of one origin and a change of the studio", async () => {
    const frame = firstFrame(newest, 150);
    const items = numbers(1, 105).map((number) => ({
      frame: frame - 1000 + number,
      source: "autopilot" as const,
      title: `${number}`,
      artist: "",
      frames: 1,
    }));
    await world.publish("a", [newest - 1], { items: items.slice(0, 100) });
    await world.publish("b", [newest], { items: items.slice(100), generation: 2 });
    const { history } = NowJson.parse(await (await world.fetch("/demo/now.json")).json());
    expect(history.map(({ title }) => Number(title))).toEqual(numbers(6, 105).reverse());
  });

  it("takes from the other origins what a restarted one has forgotten", async () => {
    const live = firstFrame(newest, 150);
    const item = (frame: number, title: string) => ({
      frame,
      source: "live" as const,
      title,
      artist: "",
      frames: null,
    });
    await world.publish("a", [newest], { items: [item(live, "three")] });
    await world.publish("b", [newest - 1], { items: [item(live - 300, "one"), item(live - 200, "two")] });
    const { history } = NowJson.parse(await (await world.fetch("/demo/now.json")).json());
    expect(history.map(({ title }) => title)).toEqual(["three", "two", "one"]);
  });

  it("tells of the reel, not an error, before anything was published", async () => {
    const response = await world.fetch("/demo/now.json");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ station: "demo", name: "Demo", now: { source: "slate" }, next: [] });
  });
});
