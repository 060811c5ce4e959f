import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ControlApi, isOnAir, seedDemo } from "./seed.ts";

const TOKEN = "the-admin-token";

let folder: string;
let keyFile: string;
let server: Server;
let api: ControlApi;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "seed-"));
  keyFile = join(folder, "demo-stream-key");
  server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  api = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, adminToken: TOKEN };
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
  rmSync(folder, { recursive: true });
});

/** A control that knows stations and stream keys, and what it was asked. */
function makeControl() {
  const stations = new Set<string>();
  const keys = new Map<string, string>();
  const asked: string[] = [];
  answer = async (request, response) => {
    const reply = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    asked.push(`${request.method} ${request.url}`);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return reply(401, {});
    const body = JSON.parse((await request.toArray()).join("") || "null");
    if (request.method === "GET") return reply(200, { items: [...keys.keys()].map((id) => ({ id })), next: null });
    if (request.url === "/api/v1/stations") {
      if (stations.has(body.slug)) return reply(409, { error: { code: "taken" } });
      stations.add(body.slug);
      return reply(201, body);
    }
    const id = `key-${asked.length}`;
    keys.set(id, body.name);
    reply(201, { id, name: body.name, key: `secret of ${id}` });
  };
  return { stations, keys, asked };
}

describe("seeding the demo station", () => {
  it("creates the station and a key for its host, and keeps the key to itself", async () => {
    const { stations, keys } = makeControl();
    const key = await seedDemo(api, keyFile);
    expect([...stations]).toEqual(["demo"]);
    expect([...keys.values()]).toEqual(["demo"]);
    expect(key).toMatch(/^secret of key-/);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  });

  it("changes nothing the second time and tells the same key", async () => {
    const { keys } = makeControl();
    const first = await seedDemo(api, keyFile);
    expect(await seedDemo(api, keyFile)).toBe(first);
    expect(keys.size).toBe(1);
  });

  it("makes another key when the kept one was revoked", async () => {
    const { keys } = makeControl();
    const first = await seedDemo(api, keyFile);
    keys.clear();
    const second = await seedDemo(api, keyFile);
    expect(second).not.toBe(first);
    expect(await seedDemo(api, keyFile)).toBe(second);
  });

  it("says what control answered when it refuses", async () => {
    makeControl();
    await expect(seedDemo({ ...api, adminToken: "wrong" }, keyFile)).rejects.toThrow("control answered 401");
  });
});

describe("the station", () => {
  const multivariant = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=60000\naac-48k/live.m3u8\n";

  const since = Date.UTC(2026, 0, 1);
  const mediaAt = (...times: string[]) =>
    `#EXTM3U\n${times.map((time) => `#EXT-X-PROGRAM-DATE-TIME:${time}\n#EXTINF:3.2,\n7.ts\n`).join("")}`;
  const old = ["2025-12-31T23:59:53.600Z", "2025-12-31T23:59:56.800Z"];

  it.each([
    ["with a new segment in its playlist is on air", mediaAt(...old, "2026-01-01T00:00:00.000Z"), 200, true],
    ["with too few segments for a player to begin is not", mediaAt("2026-01-01T00:00:00.000Z"), 200, false],
    ["with segments of an earlier start alone is not", mediaAt("2025-12-31T23:59:50.400Z", ...old), 200, false],
    ["with an empty playlist is not", "#EXTM3U\n", 200, false],
    ["whose playlist fails is not", "later", 503, false],
  ])("%s", async (_, media, status, expected) => {
    answer = ({ url }, response) => {
      if (url === "/demo/live.m3u8") response.end(multivariant);
      else response.writeHead(url === "/demo/aac-48k/live.m3u8" ? status : 500).end(media);
    };
    expect(await isOnAir(`${api.url}/demo/live.m3u8`, since)).toBe(expected);
  });

  it.each([
    ["the reel is heard is not on air", true, false],
    ["the programme is heard is on air", false, true],
  ])("of which %s", async (_, reel, expected) => {
    answer = ({ url }, response) => {
      const listed = [{ rendition: "aac-48k", newest: 7, reel }];
      if (url === "/demo/health.json") response.end(JSON.stringify({ listed }));
      else response.end(url === "/demo/live.m3u8" ? multivariant : mediaAt(...old, "2026-01-01T00:00:00.000Z"));
    };
    expect(await isOnAir(`${api.url}/demo/live.m3u8`, since)).toBe(expected);
  });

  it("is not on air where nobody answers", async () => {
    expect(await isOnAir("http://127.0.0.1:1/demo/live.m3u8", 0)).toBe(false);
  });
});
