import { describe, it, type TestContext } from "vitest";
import { INDEX_SEGMENTS } from "../../contracts/station-index.ts";
import { MAX_INDEX_BYTES } from "../../contracts/storage.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { type Edge, startEdge, TOKEN } from "./fixtures/edge.ts";
import { fakeSegment } from "./fixtures/segment.ts";
import { createSegmentStore } from "./segment-store.ts";
import { createUploader, type UploaderStatus } from "./uploader.ts";

/** 0.32 s, where a test waits for the end of the uploader's patience. */
const SHORT_SEGMENT = 15;
const RENDITIONS = ["aac-48k", "aac-128k"] as const;

async function start(
  { expect, onTestFinished }: TestContext,
  options: { edge?: Edge; token?: () => string | null; framesPerSegment?: number } = {},
) {
  const edge = options.edge ?? (await startEdge());
  const store = createSegmentStore({
    station: "demo",
    origin: "origin-1",
    framesPerSegment: options.framesPerSegment ?? 150,
    clock: systemClock,
  });
  const states: UploaderStatus[] = [];
  const lines: string[] = [];
  const uploader = createUploader({
    edgeUrl: edge.url,
    station: "demo",
    origin: "origin-1",
    token: options.token ?? (() => TOKEN),
    store,
    clock: systemClock,
    log: createLog({ write: (line) => lines.push(line) }),
    onState: (state) => states.push(state),
  });
  onTestFinished(async () => {
    await edge.close();
    await uploader.stop();
  });
  const add = (from: number, to = from + 1) => {
    for (let number = from; number < to; number++) {
      for (const rendition of RENDITIONS) uploader.add(fakeSegment(number, { rendition }));
    }
  };
  const published = (number: number, timeout = 5000) =>
    expect.poll(() => uploader.status().published, { timeout }).toBe(number);
  return { edge, store, uploader, states, lines, add, published };
}

/** Newest number of each index that was taken in, in the order of arrival. */
const announced = (edge: Edge) => edge.indexes().map((index) => index.segments.at(-1)?.number ?? -1);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, offset) => from + offset);

describe.concurrent("the uploader", () => {
  it("puts the segments of each number, then an index that names them", async (context) => {
    const { expect } = context;
    const { edge, uploader, add, published } = await start(context);
    add(100);
    await published(100);
    expect(
      edge.taken
        .map(({ path, contentType }) => [path, contentType])
        .slice(0, 2)
        .toSorted(),
    ).toEqual([
      ["/origin/v1/demo/aac-128k/100.ts", "video/mp2t"],
      ["/origin/v1/demo/aac-48k/100.ts", "video/mp2t"],
    ]);
    expect(edge.taken.at(-1)).toMatchObject({ path: "/origin/v1/demo/index.json", contentType: "application/json" });
    expect(edge.requests.every(({ method, token }) => method === "PUT" && token === TOKEN)).toBe(true);
    expect(edge.taken[0]?.body).toEqual(fakeSegment(100, { rendition: "aac-48k" }).bytes);
    expect(edge.breaches).toEqual([]);
    expect(uploader.status()).toEqual({ published: 100, queued: 0, lastError: null });
    const { seconds, ...figures } = uploader.figures();
    expect(figures).toEqual({
      ...{ uploaded: 2, dropped: 0, refused: 0 },
      failures: { retry: 0, denied: 0, refused: 0 },
    });
    expect(seconds.segment.count).toBe(2);
    expect(seconds.index.count).toBeGreaterThanOrEqual(1);
    expect(seconds.segment.sum).toBeGreaterThan(0);
  });

  it("announces numbers in order, however their uploads overtake one another", async (context) => {
    const { expect } = context;
    const { edge, add, published } = await start(context, { framesPerSegment: 3000 });
    const overtaken = () => edge.numbers("aac-48k").includes(103);
    edge.answer = ({ path }) => (path.endsWith("aac-48k/100.ts") && !overtaken() ? 500 : 200);
    add(100, 104);
    await published(103);
    const order = edge.taken.map(({ path }) => path.replace("/origin/v1/demo/", ""));
    expect(order.indexOf("aac-48k/100.ts")).toBeGreaterThan(order.indexOf("aac-48k/103.ts"));
    expect(order.indexOf("index.json")).toBeGreaterThan(order.indexOf("aac-48k/100.ts"));
    expect(
      edge
        .indexes()
        .at(-1)
        ?.segments.map(({ number }) => number),
    ).toEqual([100, 101, 102, 103]);
    expect(edge.breaches).toEqual([]);
  });

  it("loses nothing while nobody listens at the edge, and catches up when somebody does", async (context) => {
    const { expect } = context;
    const { edge, uploader, states, lines, add, published } = await start(context);
    await edge.close();
    add(100, 119);
    await expect.poll(() => uploader.status().lastError).toContain("ECONNREFUSED");
    expect(uploader.status()).toMatchObject({ published: null, queued: 19 });
    await edge.open();
    await published(118, 10_000);
    expect(edge.numbers("aac-48k").toSorted()).toEqual(range(100, 119));
    expect(edge.numbers("aac-128k").toSorted()).toEqual(range(100, 119));
    expect(announced(edge)).toEqual(announced(edge).toSorted());
    expect(edge.breaches).toEqual([]);
    expect(states.at(-1)).toEqual({ published: 118, queued: 0, lastError: null });
    expect(lines[0]).toContain("an upload failed");
    expect(lines.at(-1)).toContain("uploads work again");
  });

  it("holds no more than an index lists: of a longer outage the oldest numbers are dropped, and said to be", async (context) => {
    const { expect } = context;
    const { edge, uploader, lines, add, published } = await start(context);
    await edge.close();
    add(100, 100 + INDEX_SEGMENTS + 6);
    expect(uploader.status().queued).toBe(INDEX_SEGMENTS);
    await edge.open();
    await published(100 + INDEX_SEGMENTS + 5, 10_000);
    expect(edge.numbers("aac-48k").toSorted()).toEqual(range(106, 106 + INDEX_SEGMENTS));
    expect(lines.filter((line) => line.includes("dropped"))).toHaveLength(6 * RENDITIONS.length);
    expect(edge.breaches).toEqual([]);
  });

  it("gives an edge that hangs five seconds, then tries again", async (context) => {
    const { expect } = context;
    const { edge, uploader, add, published } = await start(context);
    let hanging = 1;
    edge.answer = ({ path }) => (path.endsWith("aac-48k/100.ts") && hanging-- > 0 ? "hang" : 200);
    add(100);
    await expect.poll(() => uploader.status().lastError, { timeout: 7000 }).toContain("took longer than 5000 ms");
    await expect.poll(() => edge.numbers("aac-48k")).toEqual([100]);
    await published(100);
    expect(edge.breaches).toEqual([]);
  });

  it("tries again when the edge fails for a while, segment or index", async (context) => {
    const { expect } = context;
    const { edge, uploader, add, published } = await start(context);
    let failures = 5;
    edge.answer = () => (failures-- > 0 ? 500 : 200);
    add(100, 102);
    await published(101);
    let indexFailures = 2;
    edge.answer = ({ path }) => (path.endsWith("index.json") && indexFailures-- > 0 ? 503 : 200);
    add(102);
    await published(102);
    expect(
      edge
        .indexes()
        .at(-1)
        ?.segments.map(({ number }) => number),
    ).toEqual([100, 101, 102]);
    expect(uploader.figures()).toMatchObject({ uploaded: 6, failures: { retry: 7, denied: 0, refused: 0 } });
    expect(edge.breaches).toEqual([]);
  });

  it("takes it for done when the edge has a newer index of ours already", async (context) => {
    const { expect } = context;
    const { edge, add, published } = await start(context);
    edge.answer = ({ path }) => (path.endsWith("index.json") ? 409 : 200);
    add(100);
    await published(100);
    expect(edge.requests.filter(({ path }) => path.endsWith("index.json"))).toHaveLength(1);
  });

  it("waits as long as the edge asks for", async (context) => {
    const { expect } = context;
    const { edge, add } = await start(context);
    let failures = 1;
    edge.headers = { "retry-after": "1" };
    edge.answer = ({ path }) => (path.endsWith("aac-48k/100.ts") && failures-- > 0 ? 429 : 200);
    const before = systemClock.monotonic();
    add(100);
    await expect.poll(() => edge.numbers("aac-48k"), { timeout: 3000 }).toEqual([100]);
    expect(systemClock.monotonic() - before).toBeGreaterThan(900);
  });

  it("tries again when the connection is cut in the middle of an upload", async (context) => {
    const { expect } = context;
    const { edge, add, published } = await start(context);
    let cuts = 1;
    edge.answer = ({ path }) => (path.endsWith("aac-128k/100.ts") && cuts-- > 0 ? "cut" : 200);
    add(100);
    await published(100);
    expect(edge.requests.filter(({ path }) => path.endsWith("aac-128k/100.ts"))).toHaveLength(2);
    expect(edge.breaches).toEqual([]);
  });

  it("asks seldom while its token is refused, and goes on with the next token", async (context) => {
    const { expect } = context;
    let token = "revoked";
    const { edge, uploader, add, published } = await start(context, { token: () => token });
    edge.answer = (request) => (request.token === TOKEN ? 200 : 401);
    add(100);
    await expect.poll(() => uploader.status().lastError).toBe("the edge answered 401: no 401");
    token = TOKEN;
    await published(100, 8000);
    expect(edge.requests.filter((request) => request.token === "revoked")).toHaveLength(2);
  });

  it("asks nothing before it has a token", async (context) => {
    const { expect } = context;
    let token: string | null = null;
    const { edge, uploader, add, published } = await start(context, { token: () => token });
    add(100);
    await expect.poll(() => uploader.status().lastError).toContain("no token");
    expect(edge.requests).toEqual([]);
    token = TOKEN;
    await published(100);
  });

  it.for([413, 422])("gives up a segment that is refused with %d, and goes on without it", async (status, context) => {
    const { expect } = context;
    const { edge, lines, add, published } = await start(context);
    edge.answer = ({ path }) => (path.includes("/100.ts") || path.endsWith("aac-128k/101.ts") ? status : 200);
    add(100, 103);
    await published(102);
    expect(
      edge
        .indexes()
        .at(-1)
        ?.segments.map(({ number, renditions }) => [number, Object.keys(renditions).length]),
    ).toEqual([
      [101, 1],
      [102, 2],
    ]);
    expect(edge.requests.filter(({ path }) => path.includes("/100.ts"))).toHaveLength(2);
    expect(lines.filter((line) => line.includes("the edge refuses a segment"))).toHaveLength(3);
    expect(edge.breaches).toEqual([]);
  });

  it("waits one segment for a rendition that is missing, then goes on with what there is", async (context) => {
    const { expect } = context;
    const { edge, uploader, add, published } = await start(context, { framesPerSegment: SHORT_SEGMENT });
    add(100);
    await published(100);
    const before = systemClock.monotonic();
    uploader.add(fakeSegment(101));
    await published(101);
    expect(systemClock.monotonic() - before).toBeGreaterThan(300);
    expect(edge.breaches).toEqual([]);
  });

  it("names a rendition that comes late as soon as it is there, and expects it again", async (context) => {
    const { expect } = context;
    const { edge, uploader, add, published } = await start(context);
    uploader.add(fakeSegment(100));
    await published(100);
    uploader.add(fakeSegment(100, { rendition: "aac-128k" }));
    const named = () => Object.keys(edge.indexes().at(-1)?.segments[0]?.renditions ?? {});
    await expect.poll(named).toEqual(["aac-48k", "aac-128k"]);
    uploader.add(fakeSegment(101));
    await expect.poll(() => edge.numbers("aac-48k")).toContain(101);
    expect(uploader.status().queued).toBe(1);
    add(101);
    await published(101);
    expect(edge.breaches).toEqual([]);
  });

  it("is not held up for good by a rendition that the edge cannot take", async (context) => {
    const { expect } = context;
    const { edge, add, published } = await start(context, { framesPerSegment: SHORT_SEGMENT });
    edge.answer = ({ path }) => (path.includes("aac-128k") ? 500 : 200);
    add(100, 107);
    await published(106, 10_000);
    expect(edge.numbers("aac-48k").toSorted()).toEqual(range(100, 107));
    expect(edge.breaches).toEqual([]);
  });

  it("does not upload again what the index of before the restart names", async (context) => {
    const { expect } = context;
    const first = await start(context);
    first.add(100, 102);
    await first.published(101);
    const second = await start(context, { edge: first.edge });
    second.store.prime(first.store.announcedIndex());
    second.add(101, 103);
    await second.published(102);
    expect(first.edge.numbers("aac-48k")).toEqual([100, 101, 102]);
    expect(
      first.edge
        .indexes()
        .at(-1)
        ?.segments.map(({ number }) => number),
    ).toEqual([100, 101, 102]);
    expect(first.edge.breaches).toEqual([]);
  });

  it("sends an index that the edge can take, however long the titles are", async (context) => {
    const { expect } = context;
    const { edge, uploader, published } = await start(context);
    const title = "\u0001".repeat(300);
    for (const number of range(100, 124)) {
      const item = { frame: number, source: "relay" as const, title, artist: title, frames: null };
      uploader.add(fakeSegment(number, { item, next: [item] }));
    }
    await published(123);
    const last = edge.taken.at(-1);
    expect(last?.body.length).toBeLessThanOrEqual(MAX_INDEX_BYTES);
    expect(edge.indexes().at(-1)?.items.at(-1)?.frame).toBe(123);
  });

  it("finishes at its stop what is in flight, and announces it", async (context) => {
    const { expect } = context;
    const { edge, uploader, add } = await start(context);
    add(100);
    await uploader.stop();
    expect(uploader.status().published).toBe(100);
    add(101);
    expect(edge.numbers("aac-48k")).toEqual([100]);
  });

  it("ends within seconds when the edge hangs", async (context) => {
    const { expect } = context;
    const { edge, uploader, add } = await start(context);
    edge.answer = () => "hang";
    add(100, 110);
    await expect.poll(() => edge.requests.length).toBeGreaterThan(0);
    const before = systemClock.monotonic();
    await uploader.stop();
    expect(systemClock.monotonic() - before).toBeLessThan(4500);
  });

  it("does not upload what a newer studio has published already", async (context) => {
    const { expect } = context;
    const { edge, uploader, add, published } = await start(context);
    edge.answer = ({ path }) => (path.endsWith("/index.json") ? 200 : "hang");
    add(100, 103);
    await expect.poll(() => edge.requests.length).toBeGreaterThanOrEqual(6);
    uploader.yieldTo({ segment: 101, generation: 99 });
    expect(uploader.status().queued).toBe(1);
    edge.answer = () => 200;
    await uploader.restart();
    await published(102);
    expect(edge.numbers("aac-48k")).toEqual([102]);
  });

  it("makes every request anew when it is restarted, and waits for none that hangs", async (context) => {
    const { expect } = context;
    const { edge, uploader, add, published } = await start(context);
    edge.answer = () => "hang";
    add(100, 102);
    await expect.poll(() => edge.requests.length).toBeGreaterThanOrEqual(4);
    edge.answer = () => 200;
    const begin = performance.now();
    await uploader.restart();
    await published(101);
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(edge.breaches).toEqual([]);
  });

  it("makes the index anew, too, when that is what hangs", async (context) => {
    const { expect } = context;
    const { edge, uploader, add, published } = await start(context);
    edge.answer = ({ path }) => (path.endsWith("/index.json") ? "hang" : 200);
    add(100);
    await expect.poll(() => edge.requests.some(({ path }) => path.endsWith("/index.json"))).toBe(true);
    edge.answer = () => 200;
    await uploader.restart();
    await published(100, 2000);
  });

  it("drains: waits until all is announced, but no longer than it may", async (context) => {
    const { expect } = context;
    const { edge, uploader, add } = await start(context);
    add(100, 110);
    await uploader.drain(5000);
    expect(uploader.status()).toMatchObject({ published: 109, queued: 0 });
    edge.answer = () => 503;
    add(110);
    const begin = performance.now();
    await uploader.drain(300);
    expect(performance.now() - begin).toBeGreaterThan(250);
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(uploader.status().queued).toBe(1);
  });
});
