import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import type { FlvTag } from "../ingest/flv.ts";
import {
  childrenWith,
  dropFolder,
  framesOf,
  goLive,
  HOST_HERTZ,
  type Host,
  hear,
  newFolder,
  onAir,
  type Recording,
  record,
  SETTLING_FRAMES,
  tonePresence,
  unbroken,
  writeTone,
} from "./test-rig.ts";

const LIBRARY_HERTZ = 440;
/** Two tones of one pitch could cancel one another in a crossfade. */
const OTHER_HOST_HERTZ = 660;

/** One programme runs through all tests, as on air; each listens to its own part of it. */
let recording: Recording;
let folder = "";
let first = 0;
let hosts: Host[] = [];

beforeAll(async () => {
  folder = newFolder();
  writeTone(join(folder, "tone.flac"), LIBRARY_HERTZ, 3);
  for (const hertz of [HOST_HERTZ, OTHER_HOST_HERTZ]) goLive(hertz).feed.close("only to have its tags made");
  recording = record({ libraryFolder: folder });
  await hear(recording, 1);
});
afterAll(async () => {
  await recording.programme.stop();
  dropFolder(folder);
});

beforeEach(async () => {
  await onAir(recording, "autopilot");
  await hear(recording, 30);
  first = framesOf(recording).length;
  recording.incidents.length = 0;
});
afterEach(() => {
  for (const { feed } of hosts) feed.close("the test is over");
  hosts = [];
  recording.programme.setLiveAllowed(true);
});

function offer(how: Parameters<typeof goLive>[1] = {}, hertz = HOST_HERTZ): Host {
  const host = goLive(hertz, how);
  hosts.push(host);
  recording.programme.offerLive(host.feed);
  return host;
}

const heard = () => framesOf(recording).slice(first);
const itemsHeard = () => [...new Set(heard().map(({ frame }) => recording.programme.itemAt(frame)))];

describe("a live host", () => {
  it("takes over as soon as its audio is steady and hands back when it ends, with a crossfade", async () => {
    const host = offer();
    await onAir(recording, "live");
    const takeoverMs = performance.now() - host.startedAt;
    console.log(`takeover: first live tag to on air in ${Math.round(takeoverMs)} ms`);
    expect(takeoverMs).toBeLessThan(3000);
    await hear(recording, 40);
    host.feed.close("connection reset");
    await onAir(recording, "autopilot");
    await hear(recording, 30);

    const sound = await unbroken(heard());
    const library = tonePresence(sound, LIBRARY_HERTZ);
    const live = tonePresence(sound, HOST_HERTZ);
    const togetherMs = library.filter((amplitude, i) => amplitude > 0.02 && (live[i] ?? 0) > 0.02).length * 20;
    expect(togetherMs).toBeGreaterThan(2 * 150);
    expect(togetherMs).toBeLessThan(2 * 320);
    expect(recording.incidents).toEqual([]);

    const firstLive = live.findIndex((amplitude) => amplitude > 0.005) * 960;
    const liveFrame = (heard()[SETTLING_FRAMES]?.frame ?? 0) + Math.floor(firstLive / SAMPLES_PER_FRAME);
    const item = recording.programme.itemAt(liveFrame + 3);
    expect(item).toMatchObject({ source: "live", title: "Ada", artist: "", frames: null });
    expect(Math.abs((item?.frame ?? 0) - liveFrame)).toBeLessThanOrEqual(2);
    expect(recording.programme.itemAt((item?.frame ?? 0) - 1)).toMatchObject({ source: "autopilot", title: "tone" });
  });

  it("that freezes is faded away while its last audio is played, reported once, and comes back by itself", async () => {
    const host = offer();
    await onAir(recording, "live");
    await hear(recording, 20);
    host.freeze();
    await onAir(recording, "autopilot");
    expect(recording.programme.status().live).toEqual({ keyId: "key-1", name: "Ada", onAir: false });
    await hear(recording, 40);
    host.thaw();
    await onAir(recording, "live");
    await hear(recording, 20);
    await unbroken(heard());
    expect(recording.incidents).toEqual([{ kind: "live-lost", message: "Ada: audio stopped arriving" }]);
  });

  it("whose audio comes in bursts of 700 ms is on air steadily after few adjustments", async () => {
    offer({ burstMs: 700 });
    await onAir(recording, "live");
    await hear(recording, 220);
    expect(recording.programme.status().source).toBe("live");
    expect(itemsHeard().filter((item) => item?.source === "live").length).toBeLessThanOrEqual(2);
    await unbroken(heard());
  });

  it("gives way to a newer one, whose audio follows without the library between them", async () => {
    const older = offer();
    await onAir(recording, "live");
    await hear(recording, 20);
    offer({ name: "Grace" }, OTHER_HOST_HERTZ);
    await vi.waitFor(
      () => expect(recording.programme.status().live).toMatchObject({ name: "Grace", onAir: true }),
      10_000,
    );
    expect(await older.feed.ended).toBe("another host has taken over");
    await hear(recording, 20);
    expect(itemsHeard().map((item) => item?.title)).toEqual(expect.arrayContaining(["Ada", "Grace"]));
    const sources = heard().map(({ frame }) => recording.programme.itemAt(frame)?.source);
    expect(sources.lastIndexOf("autopilot")).toBeLessThan(sources.indexOf("live"));
    await unbroken(heard());
  });

  it("waits while it is not allowed, is on air at once when it is, and leaves when it is not any more", async () => {
    recording.programme.setLiveAllowed(false);
    offer();
    await hear(recording, 60);
    expect(recording.programme.status()).toMatchObject({ source: "autopilot", live: { name: "Ada", onAir: false } });
    expect(recording.programme.status().liveBufferMs).toBeLessThan(1000);
    recording.programme.setLiveAllowed(true);
    await onAir(recording, "live");
    await hear(recording, 20);
    recording.programme.setLiveAllowed(false);
    await onAir(recording, "autopilot");
    await hear(recording, 20);
    expect(recording.incidents).toEqual([]);
    await unbroken(heard());
  });

  it("comes back by itself when its decoder is killed", async () => {
    offer();
    await onAir(recording, "live");
    await hear(recording, 20);
    for (const pid of childrenWith("-f flv")) process.kill(pid, "SIGKILL");
    await onAir(recording, "autopilot");
    await onAir(recording, "live");
    await hear(recording, 20);
    await unbroken(heard());
  });

  it("that cannot be decoded is sent away, and the air is not touched", async () => {
    const listeners: ((tag: FlvTag) => void)[] = [];
    const ended = Promise.withResolvers<string>();
    recording.programme.offerLive({
      id: "garbage",
      station: "demo",
      key: { id: "key-2", name: "Mallory" },
      since: Date.now(),
      remote: "127.0.0.1:6000",
      onTag: (listener) => {
        listeners.push(listener);
        return () => {};
      },
      ended: ended.promise,
      close: ended.resolve,
    });
    const payload = Buffer.concat([Buffer.from([0xaf, 1]), Buffer.alloc(300, 0x5a)]);
    const garbage = setInterval(() => {
      for (const listener of listeners) listener({ type: 8, timestamp: 0, payload });
    }, 5);
    expect(await ended.promise).toMatch(/cannot be decoded/);
    clearInterval(garbage);
    await hear(recording, 10);
    expect(recording.programme.status()).toMatchObject({ source: "autopilot", live: null });
    expect(itemsHeard().every((item) => item?.source === "autopilot")).toBe(true);
    await unbroken(heard());
  });
});
