import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { openDatabase } from "../db/database.ts";
import { incidents } from "../db/schema.ts";
import { POLICY } from "../health/policy.ts";
import { pruneIncidents } from "../health/read-incidents.ts";
import { call, createStation, enrol, makeEnrolmentToken, sweep, type TestOrigin } from "./test-client.ts";

const db = openDatabase(env.DB);
type Item = { id: string; at: number; kind: string };

const reportOf = (parts: object = {}) => ({
  id: crypto.randomUUID(),
  at: Date.now(),
  kind: "encoder-died",
  station: "demo",
  message: "it is back",
  ...parts,
});

describe("incidents", () => {
  let origin: TestOrigin;

  beforeAll(async () => {
    await createStation("demo");
    origin = await enrol("origin-1", await makeEnrolmentToken());
  });

  const reported = async (kind: string): Promise<Item[]> => {
    await sweep();
    return (await call("GET", "incidents?origin=origin-1&limit=100")).body.items.filter(
      (item: Item) => item.kind === kind,
    );
  };

  it("that an origin reports are recorded once, however often it does so", async () => {
    const report = reportOf();
    await origin.beat({ incidents: [report] });
    await origin.beat({ incidents: [report] });
    await vi.waitFor(async () => expect(await reported("encoder-died")).toHaveLength(1), { timeout: 5000 });
    await origin.beat({ incidents: [report, reportOf({ kind: "after-that" })] });
    await vi.waitFor(async () => expect(await reported("after-that")).toHaveLength(1), { timeout: 5000 });
    expect(await reported("encoder-died")).toEqual([{ ...report, origin: "origin-1", actor: "origin origin-1" }]);
  });

  it("that an origin dates into the future happened when it said so", async () => {
    await origin.beat({ incidents: [reportOf({ kind: "from-tomorrow", at: Date.now() + 86_400_000 })] });
    await vi.waitFor(async () => expect(await reported("from-tomorrow")).toHaveLength(1), { timeout: 5000 });
    expect((await reported("from-tomorrow"))[0]?.at).toBeLessThanOrEqual(Date.now());
  });

  it("come newest first, page by page, each once, also where many happened at the same time", async () => {
    const rows = Array.from({ length: 25 }, (_, index) => ({
      id: crypto.randomUUID(),
      at: 1000 + Math.floor(index / 10),
      kind: "paged",
      station: "paged",
      origin: null,
      actor: "control",
      message: String(index),
    }));
    for (const row of rows) await db.insert(incidents).values(row);
    const paged: Item[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await call(
        "GET",
        `incidents?station=paged&limit=7${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      paged.push(...body.items);
      cursor = body.next;
    }
    const newestFirst = (one: Item, other: Item) => other.at - one.at || (other.id < one.id ? -1 : 1);
    expect(paged.map(({ id }) => id)).toEqual(rows.toSorted(newestFirst).map(({ id }) => id));
  });

  it("come oldest first when asked so, page by page, as a story is read", async () => {
    const first = (await call("GET", "incidents?station=paged&order=oldest&limit=20")).body;
    const rest = (await call("GET", `incidents?station=paged&order=oldest&cursor=${encodeURIComponent(first.next)}`))
      .body;
    const newestFirst = (await call("GET", "incidents?station=paged&limit=100")).body.items;
    expect([...first.items, ...rest.items]).toEqual(newestFirst.toReversed());
    expect(rest.next).toBeNull();
  });

  it("are found by station, by origin, by kind and by time", async () => {
    const count = async (query: string) => (await call("GET", `incidents?limit=100&${query}`)).body.items.length;
    expect(await count("station=paged&since=1001")).toBe(15);
    expect(await count("station=paged&since=1003")).toBe(0);
    expect(await count("station=paged&origin=origin-1")).toBe(0);
    expect(await count("station=demo&kind=encoder-died")).toBe(1);
    expect(await count("station=demo&origin=origin-1")).toBeGreaterThan(0);
  });

  it.each(["since=yesterday", "station=Demo", "origin=", "kind=%25", "order=best", "limit=101", "cursor=WzEsMl0="])(
    "refuse the query %s",
    async (query) => {
      expect((await call("GET", `incidents?${query}`)).status).toBe(422);
    },
  );

  it("are forgotten after the time that the policy keeps them", async () => {
    const now = 1000 + POLICY.incidentsKeptMs + 1;
    await pruneIncidents({ db, clock: { ...systemClock, now: () => now } });
    const { body } = await call("GET", "incidents?station=paged&limit=100");
    expect(new Set(body.items.map(({ at }: Item) => at))).toEqual(new Set([1001, 1002]));
  });
});
