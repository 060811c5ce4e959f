import { describe, expect, it } from "vitest";
import type { RenditionName } from "../../contracts/names.ts";
import type { ProgrammeItem } from "../../contracts/programme-item.ts";
import { fakeSegment } from "../uploader/fixtures/segment.ts";
import { createSegmentStore } from "../uploader/segment-store.ts";
import { playlistRoutes } from "./playlists.ts";

const LENGTH = 150;
const RENDITION: RenditionName = "aac-48k";
const clock = { now: () => 1_790_000_000_000, monotonic: () => 0 };

function start() {
  const store = createSegmentStore({ station: "demo", origin: "origin-1", framesPerSegment: LENGTH, clock });
  const station = { store, desired: { renditions: [RENDITION], framesPerSegment: LENGTH } };
  const routes = playlistRoutes({ get: (slug) => (slug === "demo" ? station : null) });
  const get = async (path: string) => {
    const response = await routes.request(`http://node.test${path}`);
    return { status: response.status, text: await response.text() };
  };
  return { store, get };
}

const item = (frame: number, title: string, frames: number): ProgrammeItem => ({
  ...{ frame, source: "autopilot", title, artist: "", cover: "c".repeat(64), frames },
});

describe("a node's own playlist", () => {
  it("lists the newest segments that follow one another", async () => {
    const { store, get } = start();
    for (const number of [100, 102, 103]) store.add(fakeSegment(number));
    const { text } = await get("/demo/aac-48k/live.m3u8");
    expect(text.match(/^\d+\.ts$/gm)).toEqual(["102.ts", "103.ts"]);
  });

  it("says what is heard in it, and once what a new studio has gone on with", async () => {
    const { store, get } = start();
    store.add(fakeSegment(100, { item: item(100 * LENGTH, "Tide", 200) }));
    store.add(fakeSegment(101, { item: item(101 * LENGTH, "Tide", 50), generation: 2 }));
    store.add(fakeSegment(102, { item: item(101 * LENGTH + 50, "Train", 900), generation: 2 }));
    const { text } = await get("/demo/aac-48k/live.m3u8");
    expect([...text.matchAll(/X-TITLE="([^"]*)"/g)].map(([, title]) => title)).toEqual(["Tide", "Train"]);
    expect(text).not.toContain("X-ART=");
  });

  it.each(["/other/aac-48k/live.m3u8", "/demo/aac-128k/live.m3u8", "/demo/aac-48k/7.ts"])("has no %s", async (path) => {
    expect((await start().get(path)).status).toBe(404);
  });
});
