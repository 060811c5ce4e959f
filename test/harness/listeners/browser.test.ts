import { describe, it } from "vitest";
import { startRadio } from "../fixtures/radio.ts";
import { listenWithHlsJs, reckonedLatency } from "./hls-js.ts";

/** 440 Hz all along, and 3 kHz in the first second of every six. */
const BEEPS = "aevalsrc=0.2*sin(2*PI*440*t)+0.2*sin(2*PI*3000*t)*lt(mod(t\\,6)\\,1):s=48000";

describe.concurrent("hls.js in Chromium", () => {
  it("plays a sound radio without a stall, an error or a hole in its buffer, and is listened in on", async ({
    expect,
  }) => {
    const radio = await startRadio({}, { filter: BEEPS });
    const listener = await listenWithHlsJs(radio.url);
    await expect.poll(() => listener.heard().seconds, { timeout: 20_000 }).toBeGreaterThan(1);
    await listener.watchTones([
      { frequency: 440, threshold: -40 },
      { frequency: 3000, threshold: -40 },
      { frequency: 5000, threshold: -40 },
    ]);
    const beeps = () => listener.tones().filter(({ frequency }) => frequency === 3000);
    await expect.poll(() => beeps().filter(({ heard }) => !heard).length, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(await reckonedLatency(listener.page)).toBeLessThan(10);
    expect(await listener.stop()).toMatchObject({ player: "hls.js", stalls: [], problems: [] });
    await radio.close();

    const end = beeps().findIndex(({ heard }) => !heard);
    const [from, to] = [beeps()[end - 1]?.at ?? 0, beeps()[end]?.at ?? 0];
    // The watch may have begun within a beep.
    expect(to - from).toBeGreaterThan(0);
    expect(to - from).toBeLessThan(1200);
    expect(listener.tones().some(({ frequency }) => frequency === 440)).toBe(true);
    expect(listener.tones().some(({ frequency }) => frequency === 5000)).toBe(false);
    expect(listener.buffered()).toHaveLength(1);
    expect(listener.segments().length).toBeGreaterThan(3);
  });

  it("is seen to stall when no more segments come, and names the errors", async ({ expect }) => {
    let served = 0;
    const radio = await startRadio({ segment: (bytes) => (served++ < 6 ? bytes : 503) });
    const listener = await listenWithHlsJs(radio.url);
    // On a busy machine it may stall before it has asked for what is not there.
    await expect.poll(() => listener.heard().problems.join("\n"), { timeout: 25_000 }).toMatch(/^503/m);
    await expect.poll(() => listener.heard().stalls.length, { timeout: 25_000 }).toBeGreaterThan(0);
    expect((await listener.stop()).problems.join()).toContain("fragLoadError");
    await radio.close();
  });
});
