import { describe, it } from "vitest";
import { levels, median } from "../audio/level.ts";
import { toneLevel } from "../audio/tone.ts";
import { type RadioFaults, startRadio } from "../fixtures/radio.ts";
import { listenWithFfmpeg } from "./ffmpeg-listener.ts";
import type { Listener } from "./listener.ts";
import { listenWithMpv } from "./mpv.ts";
import { listenWithVlc } from "./vlc.ts";

const PLAYERS = [
  { name: "ffmpeg", listen: listenWithFfmpeg as (url: string) => Promise<Listener> },
  { name: "mpv", listen: listenWithMpv },
  { name: "VLC", listen: listenWithVlc },
];

/** Serves the playlist of one moment on, from `afterMs` until `forMs` later. */
function frozenPlaylist(afterMs: number, forMs: number): RadioFaults {
  const began = Date.now();
  let kept = "";
  return {
    playlist: (text) => {
      const age = Date.now() - began;
      if (kept === "" || age < afterMs || age > afterMs + forMs) kept = text;
      return kept;
    },
  };
}

describe.concurrent.each(PLAYERS)("$name as a listener", ({ listen }) => {
  it("plays a sound radio without a stall or a complaint", async ({ expect }) => {
    const radio = await startRadio();
    const listener = await listen(radio.url);
    try {
      await expect.poll(() => listener.heard().seconds, { timeout: 15_000 }).toBeGreaterThan(4);
      expect(await listener.stop()).toMatchObject({ stalls: [], problems: [] });
    } finally {
      await listener.stop();
      await radio.close();
    }
  });

  it("is seen to stall while the playlist is frozen", async ({ expect }) => {
    const radio = await startRadio(frozenPlaylist(1000, 7000));
    const listener = await listen(radio.url);
    try {
      await expect.poll(() => listener.heard().stalls.length, { timeout: 20_000 }).toBeGreaterThan(0);
    } finally {
      await listener.stop();
      await radio.close();
    }
  });
});

describe.concurrent("what ffmpeg heard", () => {
  it("is there as sound", async ({ expect }) => {
    const radio = await startRadio();
    const listener = await listenWithFfmpeg(radio.url);
    await expect.poll(() => listener.heard().seconds, { timeout: 10_000 }).toBeGreaterThan(3);
    await listener.stop();
    const sound = await listener.sound();
    await listener.discard();
    await radio.close();
    expect(median(levels(sound))).toBeCloseTo(-24, 0);
    expect(toneLevel(sound, 440, 24_000, 96_000)).toBeCloseTo(-21, 0);
  });
});

describe.concurrent("VLC's complaints", () => {
  it("show continuity counters that begin anew in each segment", async ({ expect }) => {
    const radio = await startRadio({ restartCounters: true });
    const listener = await listenWithVlc(radio.url);
    await expect.poll(() => listener.heard().problems.join("\n"), { timeout: 10_000 }).toContain("discontinuity");
    await listener.stop();
    await radio.close();
  });
});
