import { beforeEach, describe, expect, it } from "vitest";
import { WIRE } from "../contracts/version.ts";
import { createWorld, type World } from "./test-world.ts";

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

const BROWSER = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };

describe("the list of stations", () => {
  it("is a page", async () => {
    const response = await world.fetch("/", BROWSER);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toContain("Demo");
  });

  it("is JSON for who asks for it", async () => {
    const response = await world.fetch("/", { headers: { accept: "application/json" } });
    expect(await response.json()).toEqual({
      items: [{ slug: "demo", name: "Demo", url: `${world.site}/demo` }],
      next: null,
    });
    expect(response.headers.get("vary")).toBe("accept");
  });
});

describe("the player page", () => {
  it("may be framed by its own site alone", async () => {
    const response = await world.fetch("/demo", BROWSER);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'self'");
  });

  it("may be framed by anyone as /embed", async () => {
    const response = await world.fetch("/demo/embed", BROWSER);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors *");
  });
});

describe("what is not there", () => {
  it.each(["/nowhere", "/demo/nothing", "/a/b/c/d/e", "/__proto__"])("%s is a page for browsers", async (path) => {
    const response = await world.fetch(path, BROWSER);
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("is a failure in JSON for programs", async () => {
    const response = await world.fetch("/demo/nothing");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "not_found" } });
  });
});

describe("health", () => {
  it("names the routing in use, and tells the time", async () => {
    const response = await world.fetch("/healthz");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "ok", wire: WIRE, routing: 1, now: expect.any(Number) });
  });

  it("is 503 without any routing", async () => {
    world.faults.get = () => "throw";
    expect((await world.fetch("/healthz")).status).toBe(503);
  });
});

it("serves the static files of the pages", async () => {
  const response = await world.fetch("/assets/player.js");
  expect(response.status).toBe(200);
});

it("answers a fault of its own with a plain 500, and logs what it was", async () => {
  Object.defineProperty(world.clock, "now", {
    value: () => {
      throw new Error("secret detail");
    },
  });
  const response = await world.fetch("/demo/live.m3u8");
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
  expect(world.lines.join()).toContain("secret detail");
});
