import { beforeEach, describe, expect, it } from "vitest";
import type { EdgeHealth } from "../../contracts/edge-health.ts";
import { createLog } from "../../kit/log.ts";
import { createEdgeEyes, type EdgeEyes } from "./edge-eyes.ts";

let ms = 0;
let asked: string[] = [];
let lines: string[] = [];
let answer: (station: string) => Response | Promise<Response>;
let eyes: EdgeEyes;

const healthOf = (station: string, newest: Record<string, number | null>): EdgeHealth => ({
  station,
  now: 0,
  listed: [],
  origins: Object.entries(newest).map(([origin, number]) => ({
    origin,
    weight: 100,
    newest: number,
    ageMs: number === null ? null : 900,
    agreeing: 0,
    differing: [],
  })),
});

beforeEach(() => {
  ms = 1_000_000;
  asked = [];
  lines = [];
  answer = (station) => Response.json(healthOf(station, { "origin-1": 700, "origin-2": null }));
  eyes = createEdgeEyes({
    url: "https://radio.example/",
    fetch: async ({ url, method }) => {
      asked.push(`${method} ${url}`);
      return answer(url.split("/").at(-2) ?? "");
    },
    clock: { now: () => ms, monotonic: () => ms },
    log: createLog({ write: (line) => lines.push(line) }),
  });
});

describe("the edge's own eyes", () => {
  it("tell the newest segment that the edge has of each origin", async () => {
    await eyes.look(["demo"]);
    expect(asked).toEqual(["GET https://radio.example/demo/health.json"]);
    expect(["origin-1", "origin-2", "origin-3"].map((id) => eyes.newest("demo", id))).toEqual([700, null, null]);
    expect(eyes.newest("other", "origin-1")).toBeNull();
  });

  it("look at each station once in two seconds, and at a few at a time, those that waited longest first", async () => {
    const stations = ["a", "b", "c", "d", "e", "f", "g", "h"];
    await eyes.look(stations);
    ms += 1000;
    await eyes.look(stations);
    expect(asked.map((url) => url.split("/").at(-2))).toEqual(stations);
    ms += 1000;
    await eyes.look(stations);
    expect(asked.slice(8).map((url) => url.split("/").at(-2))).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  it("look first at stations that players do not ask the edge for, and leave none of the others out", async () => {
    const stations = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const urgent = new Set(["s18", "s19"]);
    for (let sweep = 0; sweep < 10; sweep++) {
      await eyes.look(stations, urgent);
      ms += 1000;
    }
    const looksAt = (station: string) => asked.filter((words) => words.includes(`/${station}/`)).length;
    expect([looksAt("s18"), looksAt("s19")]).toEqual([5, 5]);
    expect(Math.min(...stations.map(looksAt))).toBeGreaterThan(0);
  });

  it("say nothing any more once the edge has not answered for a while", async () => {
    await eyes.look(["demo"]);
    answer = () => new Response(null, { status: 503 });
    ms += 3000;
    await eyes.look(["demo"]);
    expect(eyes.newest("demo", "origin-1")).toBe(700);
    ms += 2001;
    expect(eyes.newest("demo", "origin-1")).toBeNull();
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ["refuses the connection", () => Promise.reject(new TypeError("connection refused"))],
    ["hangs", () => new Promise(() => {})],
    ["answers 503", () => new Response("{}", { status: 503 })],
    ["answers something else", () => new Response("<html>")],
    ["answers of another form", () => Response.json({ origins: [{ origin: "origin-1", newest: "700" }] })],
  ])("leave an edge alone for ten seconds that %s, and say it once", async (_what, fault) => {
    answer = fault;
    await eyes.look(["demo", "other"]);
    for (const passed of [2000, 9999]) {
      ms = 1_000_000 + passed;
      await eyes.look(["demo", "other"]);
    }
    expect([asked.length, lines.length, eyes.newest("demo", "origin-1")]).toEqual([2, 1, null]);
    ms = 1_010_000;
    await eyes.look(["demo", "other"]);
    expect([asked.length, lines.length]).toEqual([4, 1]);
    answer = (station) => Response.json(healthOf(station, { "origin-1": 701 }));
    ms += 10_000;
    await eyes.look(["demo"]);
    expect(eyes.newest("demo", "origin-1")).toBe(701);
    expect(lines.at(-1)).toContain("looked through again");
  });

  it("go on with the other stations when the edge does not know one", async () => {
    answer = (station) =>
      station === "new" ? new Response("{}", { status: 404 }) : Response.json(healthOf(station, { "origin-1": 1 }));
    await eyes.look(["new", "demo"]);
    ms += 2000;
    await eyes.look(["new", "demo"]);
    expect([asked.length, lines.length, eyes.newest("demo", "origin-1")]).toEqual([4, 0, 1]);
  });
});
