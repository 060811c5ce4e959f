import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { DEFAULT_FRAMES_PER_SEGMENT, segmentSeconds } from "../../contracts/timeline.ts";
import type { BrowserListener, ToneEdge } from "../harness/listeners/browser.ts";
import { listenOnPlayerPage } from "../harness/listeners/player-page.ts";
import { startPublisher } from "../harness/publisher.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";

const LIVE_HZ = 1000;
const LIVE_TITLE = "Guest hour";
/** The library's tracks are tones that are called by their frequency. */
const LIBRARY_HZ = [440, 620];
const TITLES = new Map([[LIVE_HZ, LIVE_TITLE], ...LIBRARY_HZ.map((hertz) => [hertz, `${hertz} Hz`] as const)]);
const THRESHOLD_DB = -35;
const SEGMENT_MS = segmentSeconds(DEFAULT_FRAMES_PER_SEGMENT) * 1000;
const PATIENCE_MS = 240_000;

const Shown = z.array(z.object({ at: z.number(), title: z.string() }));
const WATCH_TITLE = `{
  const title = document.querySelector("[data-title]");
  window.shownTitles = [{ at: Date.now(), title: title.textContent }];
  new MutationObserver(() => shownTitles.push({ at: Date.now(), title: title.textContent }))
    .observe(title, { childList: true, characterData: true, subtree: true });
}`;

/** Each tone that followed another, with when it was first heard. */
function turns(edges: readonly ToneEdge[]): ToneEdge[] {
  const onsets = edges.filter(({ heard }) => heard).toSorted((one, other) => one.at - other.at);
  return onsets.filter(({ frequency }, index) => index > 0 && frequency !== onsets[index - 1]?.frequency);
}

describe("a listener at the live edge, through tracks, a switch to live and back", () => {
  let stack: Stack;
  let listener: BrowserListener;
  let heard: ToneEdge[];
  let shown: z.infer<typeof Shown>;

  beforeAll(async () => {
    stack = await startStack({ tones: LIBRARY_HZ.map((frequency) => ({ frequency })) });
    listener = await listenOnPlayerPage(stack.edgeUrl, STATION);
    const until = (condition: () => boolean | Promise<boolean>, timeout: number) =>
      vi.waitFor(async () => expect(await condition()).toBe(true), { timeout, interval: 200 });
    await until(() => listener.heard().seconds > 1, 30_000);
    await listener.watchTones([...TITLES.keys()].map((frequency) => ({ frequency, threshold: THRESHOLD_DB })));
    await listener.page.evaluate(WATCH_TITLE);
    const isHeard = (...hertz: number[]) => hertz.includes(turns(listener.tones()).at(-1)?.frequency ?? 0);

    await until(() => listener.tones().length > 0, 10_000);
    const host = await startPublisher(await stack.liveUrl(), { tone: LIVE_HZ }, { title: LIVE_TITLE });
    await until(() => isHeard(LIVE_HZ), 30_000);
    host.kill("SIGKILL");
    await until(() => isHeard(...LIBRARY_HZ), 30_000);
    const back = turns(listener.tones()).length;
    await until(() => turns(listener.tones()).length > back, 75_000);
    await until(async () => (await titles()).length > turns(listener.tones()).length, 10_000);
    heard = turns(listener.tones());
    shown = await titles();
  }, PATIENCE_MS);
  afterAll(async () => {
    await listener?.stop();
    await stack?.stop();
  });

  const titles = async () => Shown.parse(await listener.page.evaluate("shownTitles"));

  it("is shown the titles of what is heard, in that order, and no others", () => {
    expect(shown.slice(1).map(({ title }) => title)).toEqual(heard.map(({ frequency }) => TITLES.get(frequency)));
    expect(heard.map(({ frequency }) => frequency)).toContain(LIVE_HZ);
    expect(heard.length).toBeGreaterThanOrEqual(3);
  });

  it("is shown each of them within one segment of its first sound", () => {
    const apart = heard.map(({ at }, index) => (shown[index + 1]?.at ?? Number.NaN) - at);
    console.log(`titles shown after their sound: ${apart.map(Math.round).join(", ")} ms`);
    expect(Math.max(...apart.map(Math.abs))).toBeLessThan(SEGMENT_MS);
  });
});
