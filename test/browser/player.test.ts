import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { NowJson } from "../../contracts/now-json.ts";
import { DEFAULT_FRAMES_PER_SEGMENT, frameAt } from "../../contracts/timeline.ts";
import { launchChromium } from "./chromium.ts";
import { type Assets, bundleClient } from "./client-bundle.ts";
import { makeSegments } from "./fixture-audio.ts";
import { type FixtureStation, startFixtureStation } from "./fixture-station.ts";
import { type ListeningPage, openPlayer } from "./listening-page.ts";

/** Enough for each test's time on air. */
const SEGMENTS = 25;
const PHONE = { width: 320, height: 568 };
const DESK = { width: 1280, height: 800 };

let browser: Browser;
let assets: Assets;
let segments: Buffer[];

beforeAll(async () => {
  [browser, assets, segments] = await Promise.all([
    launchChromium(),
    bundleClient(),
    makeSegments(SEGMENTS, DEFAULT_FRAMES_PER_SEGMENT),
  ]);
});
afterAll(() => browser.close());

/** A station of the test's own, and a listener on its page. */
async function withPlayer(
  test: (listening: ListeningPage, station: FixtureStation) => Promise<void>,
  options: Parameters<typeof openPlayer>[2] & { path?: string; now?: NowJson } = {},
): Promise<void> {
  const { path = "/demo", now, ...pageOptions } = options;
  const station = await startFixtureStation(assets, segments);
  try {
    if (now !== undefined) station.now = now;
    const listening = await openPlayer(browser, station.origin + path, pageOptions);
    await test(listening, station);
    await listening.context.close();
  } finally {
    await station.close();
  }
}

const item = (title: string, source: "live" | "autopilot", secondsAgo: number) => ({
  source,
  title,
  artist: "Someone",
  startsAt: new Date(Date.now() - secondsAgo * 1000).toISOString(),
});

/** A host went live that many seconds ago, after a track. */
function liveSince(seconds: number): NowJson {
  const live = item("Morning Show", "live", seconds);
  return {
    station: "demo",
    name: "Demo Radio",
    now: { ...live, endsAt: null },
    history: [live, item("Night Train", "autopilot", 200), item("Morning Tide", "autopilot", 400)],
    next: [{ source: "autopilot", title: "Harbour Lights", artist: "Someone" }],
  };
}

const soon = { timeout: 8000, interval: 100 };

async function playing({ radio }: ListeningPage, withinMs = 8000): Promise<void> {
  await vi.waitFor(async () => expect((await radio()).state).toBe("playing"), { timeout: withinMs, interval: 100 });
}

const CONTROLS: unknown[] = ["button", "slider", "link", "textbox", "DisclosureTriangle"];

describe.concurrent("the player page", () => {
  it("plays within seconds of a click, less than 9 s behind the programme, and loads nothing from elsewhere", () =>
    withPlayer(async (listening, station) => {
      const { page, radio, position, requests, complaints } = listening;
      expect((await radio()).state).toBe("paused");
      await page.getByRole("button", { name: "Play Demo Radio" }).click();
      await playing(listening, 4000);
      const before = await position();
      await vi.waitFor(async () => expect(await position()).toBeGreaterThan(before + 3.5), soon);
      const { latency, stalls } = await radio();
      expect(latency).toBeGreaterThan(5.4);
      expect(latency).toBeLessThan(9);
      expect(stalls).toBe(0);
      expect(requests.filter((url) => url.endsWith(".ts")).length).toBeGreaterThan(1);
      expect(requests.filter((url) => !url.startsWith(`${station.origin}/`) && !url.startsWith("blob:"))).toEqual([]);
      expect(complaints).toEqual([]);
    }));

  it("obeys the keyboard: space and K play and pause, arrows change the volume, M mutes", () =>
    withPlayer(async (listening) => {
      const { page, radio, volume } = listening;
      await page.keyboard.press("Space");
      await playing(listening);
      await page.getByText("You are listening").waitFor();
      await page.keyboard.press("k");
      await vi.waitFor(async () => expect((await radio()).state).toBe("paused"));
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowUp");
      await vi.waitFor(async () => expect((await volume()).volume).toBeCloseTo(0.95));
      await page.keyboard.press("m");
      await vi.waitFor(async () => expect((await volume()).muted).toBe(true));
      // The page is told of its own change by an event.
      await page.getByRole("button", { name: "Mute", pressed: true }).waitFor();
      await page.getByRole("button", { name: "Play Demo Radio" }).focus();
      await page.keyboard.press("Space");
      await playing(listening);
    }));

  it("remembers the volume", () =>
    withPlayer(async ({ page, volume }) => {
      await page.getByRole("slider", { name: "Volume" }).fill("30");
      await vi.waitFor(async () => expect((await volume()).volume).toBeCloseTo(0.3));
      await page.reload();
      expect(await page.getByRole("slider", { name: "Volume" }).inputValue()).toBe("30");
      expect((await volume()).volume).toBeCloseTo(0.3);
    }));

  it("shows title and source when the listener hears them, not when they go on air", () => {
    // Goes live in three seconds, so that the listener surely hears what comes before.
    const now = liveSince(-3);
    return withPlayer(
      async (listening) => {
        const { page, radio } = listening;
        await page.getByText("Morning Show").first().waitFor();
        await page.getByRole("button", { name: "Play Demo Radio" }).click();
        await playing(listening);
        const shown = () => page.locator("[data-title]").textContent();
        await vi.waitFor(async () => expect(await shown()).toBe("Night Train"), soon);
        expect(await page.locator("[data-badge]").textContent()).toBe("Autopilot");
        expect(await page.locator("[data-next] li").first().textContent()).toContain("Morning Show");
        await vi.waitFor(async () => expect(await shown()).toBe("Morning Show"), { ...soon, timeout: 15_000 });
        const heardAt = Date.now() - ((await radio()).latency ?? 0) * 1000;
        const startedAt = Date.parse(now.now?.startsAt ?? "");
        expect(heardAt).toBeGreaterThan(startedAt - 100);
        expect(heardAt).toBeLessThan(startedAt + 2500);
        expect(await page.locator("[data-badge]").textContent()).toBe("Live");
        expect(await page.locator("[data-history] li").first().textContent()).toContain("Night Train");
        expect(await page.title()).toBe("Morning Show · Demo Radio");
      },
      { now },
    );
  });

  it("shows what the playlist tells when it is heard, without having asked what is on: title, host and picture", () =>
    withPlayer(
      async (listening, station) => {
        const { page, radio } = listening;
        await page.getByRole("button", { name: "Play Demo Radio" }).click();
        await playing(listening);
        const startedAt = Date.now();
        const cover = "c".repeat(64);
        const words = { source: "live", title: "Guest hour", artist: "The Waves", host: "Ann", cover } as const;
        station.items = [{ frame: frameAt(startedAt), ...words, frames: null }];
        const shown = () => page.locator("[data-title]").textContent();
        await vi.waitFor(async () => expect(await shown()).toBe("Guest hour"), { ...soon, timeout: 15_000 });
        const heardAt = Date.now() - ((await radio()).latency ?? 0) * 1000;
        expect(Math.abs(heardAt - startedAt)).toBeLessThan(2500);
        expect(await page.locator("[data-artist]").textContent()).toBe("The Waves · with Ann");
        expect(await page.locator("[data-art]").getAttribute("src")).toBe(`/demo/art/${cover}.jpg`);
        expect(await page.locator("[data-art]").isVisible()).toBe(true);
      },
      { now: liveSince(200) },
    ));

  it("plays on after twenty seconds without network, back at the live edge", () =>
    withPlayer(async (listening) => {
      const { page, context, radio, position } = listening;
      await page.getByRole("button", { name: "Play Demo Radio" }).click();
      await playing(listening);
      await context.setOffline(true);
      const cutAt = Date.now();
      await page.getByText("Offline. The sound returns by itself.").waitFor({ timeout: 15_000 });
      await vi.waitFor(() => expect(Date.now() - cutAt).toBeGreaterThan(20_000), { timeout: 25_000, interval: 200 });
      await context.setOffline(false);
      await playing(listening, 6000);
      const before = await position();
      await vi.waitFor(async () => expect(await position()).toBeGreaterThan(before + 2), soon);
      expect((await radio()).latency).toBeLessThan(12);
    }));

  it("plays on after the playlist was frozen for ten seconds", () =>
    withPlayer(async (listening, station) => {
      const { page, radio, position } = listening;
      await page.getByRole("button", { name: "Play Demo Radio" }).click();
      await playing(listening);
      station.frozen = true;
      const frozenAt = Date.now();
      await vi.waitFor(() => expect(Date.now() - frozenAt).toBeGreaterThan(10_000), { timeout: 12_000, interval: 200 });
      station.frozen = false;
      await playing(listening);
      const before = await position();
      await vi.waitFor(async () => expect(await position()).toBeGreaterThan(before + 4), soon);
      expect((await radio()).stalls).toBeLessThanOrEqual(2);
    }));

  it("uses the browser's own HLS where that is Apple's", () =>
    withPlayer(
      async (listening) => {
        const { page, position } = listening;
        await page.getByRole("button", { name: "Play Demo Radio" }).click();
        await playing(listening);
        expect(await page.locator("[data-audio]").getAttribute("src")).toBe("/demo/live.m3u8");
        const before = await position();
        await vi.waitFor(async () => expect(await position()).toBeGreaterThan(before + 1), soon);
      },
      { script: "window.ManagedMediaSource = class {};" },
    ));

  it.each([
    ["the page", "/demo"],
    ["the embedded player", "/demo/embed"],
  ])("names every control of %s to assistive technology", (_, path) =>
    withPlayer(
      async ({ page, context }) => {
        await page.getByText("Morning Show").first().waitFor();
        const debug = await context.newCDPSession(page);
        const { nodes } = await debug.send("Accessibility.getFullAXTree");
        const controls = nodes.filter((node) => CONTROLS.includes(node.role?.value));
        expect(controls.length).toBeGreaterThanOrEqual(4);
        expect(controls.filter((node) => !node.name?.value)).toEqual([]);
        expect(await page.getByRole("button", { name: "Play Demo Radio" }).count()).toBe(1);
        expect(await page.getByRole("slider", { name: "Volume" }).count()).toBe(1);
        expect(await page.getByRole("heading", { level: 1, name: "Demo Radio" }).count()).toBe(1);
        expect(await page.getByRole("status").first().textContent()).toBe("Press play to listen");
      },
      { path, now: liveSince(60) },
    ),
  );

  it("gives away the stream's address", () =>
    withPlayer(
      async ({ page }, station) => {
        await page.getByText("Listen elsewhere").click();
        const address = page.getByRole("textbox", { name: "Stream address" });
        expect(await address.inputValue()).toBe(`${station.origin}/demo/live.m3u8`);
        await page.getByRole("button", { name: "Copy" }).click();
        await page.getByText("Copied.").waitFor();
        expect(await page.evaluate("navigator.clipboard.readText()")).toBe(`${station.origin}/demo/live.m3u8`);
      },
      { permissions: ["clipboard-read", "clipboard-write"] },
    ));

  it("offers the stream without JavaScript, and no control that does nothing", () =>
    withPlayer(
      async ({ page }) => {
        expect(await page.locator("noscript audio[controls]").isVisible()).toBe(true);
        expect(await page.getByRole("link", { name: "Open the stream" }).getAttribute("href")).toBe("/demo/live.m3u8");
        expect(await page.getByRole("button").count()).toBe(0);
      },
      { javaScriptEnabled: false },
    ));
});

describe.concurrent("the layout", () => {
  const Boxes = z.object({ width: z.number(), height: z.number(), bottom: z.number(), shift: z.number() });
  const measure = async (page: ListeningPage["page"]) =>
    Boxes.parse(
      await page.evaluate(`({
        width: document.documentElement.scrollWidth,
        height: document.documentElement.scrollHeight,
        bottom: document.querySelector("[data-status]").getBoundingClientRect().bottom,
        shift: layoutShift,
      })`),
    );
  const script = `
    window.layoutShift = 0;
    new PerformanceObserver((list) => { for (const { value } of list.getEntries()) window.layoutShift += value; })
      .observe({ type: "layout-shift", buffered: true });`;

  it("shows the whole player at 320 x 568, with nothing cut off at the side", () =>
    withPlayer(
      async ({ page }) => {
        await page.getByText("Morning Show").first().waitFor();
        const { width, bottom } = await measure(page);
        expect(width).toBe(PHONE.width);
        expect(bottom).toBeLessThanOrEqual(PHONE.height);
        await page.getByText("Listen elsewhere").click();
        expect((await measure(page)).width).toBe(PHONE.width);
      },
      { viewport: PHONE, script, now: liveSince(60) },
    ));

  it("fits one screen of 1280 x 800", () =>
    withPlayer(
      async ({ page }) => {
        await page.getByText("Morning Show").first().waitFor();
        const { width, height } = await measure(page);
        expect({ width, height }).toEqual(DESK);
      },
      { viewport: DESK, script, now: liveSince(60) },
    ));

  it("moves nothing when it learns what is on and when sound comes", () =>
    withPlayer(
      async (listening) => {
        const { page } = listening;
        await page.getByText("Morning Show").first().waitFor();
        await page.getByRole("button", { name: "Play Demo Radio" }).click();
        await playing(listening);
        expect((await measure(page)).shift).toBeLessThan(0.001);
      },
      { viewport: PHONE, script, now: liveSince(60) },
    ));
});
