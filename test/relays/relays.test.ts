import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlannedRelay, StationPlan } from "../../contracts/plan.ts";
import { createRundown } from "../../contracts/rundown/rundown.ts";
import type { Planned } from "../../origin/plan/plan-store.ts";
import {
  breaksIn,
  decode,
  dropFolder,
  framesOf,
  hear,
  loudness,
  newFolder,
  onAir,
  type Recording,
  record,
  SETTLING_FRAMES,
  tonePresence,
  writeTone,
} from "../../origin/programme/test-rig.ts";
import { claimPorts, type PortBlock } from "../harness/ports.ts";
import { startHls } from "./hls.ts";
import { startIcecast } from "./icecast.ts";
import { startMms } from "./mms.ts";
import { missing, type Package } from "./packages.ts";
import { startNginx } from "./rtmp.ts";
import { startRtsp } from "./rtsp.ts";
import { RELAYED_HERTZ, type RelayServer, TITLE } from "./server.ts";

const LIBRARY_HERTZ = 440;
const EMPTY = StationPlan.parse({
  ...{ schema: 1, station: "demo", version: 1, publishedAt: 0, seed: "", rules: {}, playlist: null },
  ...{ playlists: [], tracks: [], slots: [] },
});

type Protocol = {
  name: string;
  start(port: number): Promise<RelayServer>;
  packages: Package[];
  /** The most that was fetched and not yet played when the server died: that is heard first. */
  fetchedMs?: number;
  title?: object;
};

const PROTOCOLS: Protocol[] = [
  { name: "Icecast", start: startIcecast, packages: ["icecast2"], title: { artist: "Ada", title: TITLE } },
  { name: "RTMP", start: startNginx, packages: ["nginx-light", "libnginx-mod-rtmp"] },
  {
    name: "RTSP",
    start: startRtsp,
    packages: ["python3-gi", "gir1.2-gst-rtsp-server-1.0", "gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good"],
  },
  { name: "MMS over HTTP", start: startMms, packages: ["vlc-bin", "vlc-plugin-base"] },
  // Segments of 2 s: the one that is played and the one that ffmpeg fetches meanwhile.
  { name: "HLS", start: startHls, packages: [], fetchedMs: 4000 },
];

const skipped = PROTOCOLS.flatMap(({ name, packages }) => {
  const lacking = missing(packages);
  return lacking.length === 0 ? [] : [`${name}: apt-get install ${lacking.join(" ")}`];
});
if (skipped.length > 0) console.log(`skipped for want of packages:\n  ${skipped.join("\n  ")}`);

describe.each(PROTOCOLS)("a relay of $name", ({ start, packages, fetchedMs = 0, title }) => {
  const isReady = missing(packages).length === 0;
  let ports: PortBlock;
  let server: RelayServer;
  let recording: Recording;
  let relay: PlannedRelay | null = null;
  let folder = "";

  beforeAll(async () => {
    if (!isReady) return;
    folder = newFolder();
    writeTone(join(folder, "tone.flac"), LIBRARY_HERTZ, 3);
    ports = await claimPorts(1);
    server = await start(ports.first);
    const rundown = createRundown(EMPTY);
    const planned = (): Planned => ({ plan: { ...EMPTY, relays: relay === null ? [] : [relay] }, rundown });
    recording = record({ libraryFolder: folder, planned });
    await onAir(recording, "autopilot");
  });
  afterAll(async () => {
    if (!isReady) return;
    await recording.programme.stop();
    await server.kill();
    await ports.release();
    dropFolder(folder);
  });

  /** The sound of all frames since `first`, after checking that none is missing and none is silent. */
  const soundSince = async (first: number) => {
    const frames = framesOf(recording).slice(first);
    expect(breaksIn(frames)).toEqual([]);
    const sound = (await decode(frames)).subarray(SETTLING_FRAMES * 1024);
    expect(Math.min(...loudness(sound))).toBeGreaterThan(-40);
    return sound;
  };

  it.runIf(isReady)("is on air within 5 s, without a gap", async () => {
    const first = framesOf(recording).length;
    const startedAt = performance.now();
    relay = { id: crypto.randomUUID(), name: "One", url: server.url, isOnAir: true, isTrial: false };
    await onAir(recording, "relay");
    const ms = Math.round(performance.now() - startedAt);
    console.log(`on air after ${ms} ms: ${JSON.stringify(recording.programme.status().relays)}`);
    expect(ms).toBeLessThan(5000);
    await hear(recording, 60);
    const sound = await soundSince(first);
    expect(tonePresence(sound, RELAYED_HERTZ).at(-1)).toBeGreaterThan(0.02);
    const item = recording.programme.itemAt(recording.programme.status().frame - 1);
    expect(item).toMatchObject({ source: "relay", ...(title ?? {}) });
  });

  it.runIf(isReady)(
    "gives way to autopilot when its server is killed, without a gap, and is back when it is back",
    async () => {
      const first = framesOf(recording).length;
      await server.kill();
      const killedAt = performance.now();
      await onAir(recording, "autopilot");
      const ms = Math.round(performance.now() - killedAt);
      console.log(`autopilot ${ms} ms after the kill`);
      expect(ms).toBeLessThan(2000 + fetchedMs);
      server = await start(ports.first);
      await expect.poll(() => recording.programme.status().source, { timeout: 40_000 }).toBe("relay");
      await hear(recording, 60);
      const sound = await soundSince(first);
      expect(tonePresence(sound, LIBRARY_HERTZ).some((share) => share > 0.04)).toBe(true);
      expect(tonePresence(sound, RELAYED_HERTZ).at(-1)).toBeGreaterThan(0.02);
      expect(recording.incidents.map(({ kind }) => kind)).toContain("relay-lost");
    },
  );
});
