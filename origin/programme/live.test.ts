import { afterEach, expect, it } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { amf } from "../ingest/fixtures/rtmp-bytes.ts";
import { type FeedSource, openFeed } from "../ingest/live-feed.ts";
import { Items } from "./items.ts";
import { LiveSource } from "./live.ts";
import { silentLog } from "./test-rig.ts";

const opened: { source: FeedSource; live: LiveSource }[] = [];

function goLive() {
  const source = openFeed({
    station: "demo",
    key: { id: "1", name: "Ada" },
    remote: "192.0.2.1:5",
    clock: systemClock,
  });
  const live = new LiveSource(source.feed, () => 0, silentLog());
  opened.push({ source, live });
  const say = (fields: Parameters<typeof amf>[0]) =>
    source.push({ type: 18, timestamp: 0, payload: amf("@setDataFrame", "onMetaData", fields) });
  return { live, say };
}

afterEach(async () => {
  for (const { source, live } of opened.splice(0)) {
    source.feed.close("the test ends");
    await live.close();
  }
});

it("is known by the host's name until the host says more, and again when the host says no more", () => {
  const { live, say } = goLive();
  expect(live.heard).toEqual({ title: "Ada", artist: "", host: "Ada" });
  say({ title: "Tide", artist: "The Waves" });
  expect(live.heard).toEqual({ title: "Tide", artist: "The Waves", host: "Ada" });
  say({ width: 0 });
  expect(live.heard).toEqual({ title: "Ada", artist: "", host: "Ada" });
});

it("begins a new item with each title, and none with words that change no title", () => {
  const { live, say } = goLive();
  const items = new Items();
  items.note(live, 100);
  say({ width: 0 });
  items.note(live, 200);
  say({ title: "Tide", width: 0 });
  items.note(live, 300);
  say({ title: "Tide", width: 1 });
  items.note(live, 400);
  expect(items.at(299)).toMatchObject({ frame: 100, source: "live", title: "Ada", host: "Ada", frames: null });
  expect(items.at(999)).toMatchObject({ frame: 300, title: "Tide", host: "Ada" });
});
