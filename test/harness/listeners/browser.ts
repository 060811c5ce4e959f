import { readFile } from "node:fs/promises";
import { transform } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { pause } from "../../../kit/loop.ts";
import type { Heard, Listener } from "./listener.ts";
import { describeJump, ProgressWatch } from "./progress.ts";

export type ToneEdge = { at: number; frequency: number; heard: boolean };

export type BrowserListener = Listener & {
  page: Page;
  /**
   * Watches for tones in the browser's sound; `threshold` is in dB of the browser's analyser, where a full sine reads
   * about -4. May be called once, when something plays.
   */
  watchTones(tones: readonly { frequency: number; threshold: number }[]): Promise<void>;
  /** When watched tones began and ended to be heard, Unix ms, each true to some 50 ms. */
  tones(): readonly ToneEdge[];
  /** Parts of the sound that are buffered, in seconds of the element's time. */
  buffered(): readonly (readonly [number, number])[];
  /** Segments loaded: when, and which. */
  segments(): readonly { at: number; url: string }[];
};

const Taken = z.object({
  positions: z.array(z.tuple([z.number(), z.number()])),
  events: z.array(z.object({ at: z.number(), type: z.string() })),
  holes: z.number(),
  tones: z.array(z.object({ at: z.number(), frequency: z.number(), heard: z.boolean() })),
  buffered: z.array(z.tuple([z.number(), z.number()])),
});

const LOOK_MS = 250;
/** Local network access checks would ask a person before a page may listen to a radio on this machine. */
const FLAGS = [
  "--autoplay-policy=no-user-gesture-required",
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-features=LocalNetworkAccessChecks",
];
const UNHAPPY_EVENTS = ["error", "ended", "emptied"];

/**
 * Chromium as a listener. `start` is given a blank page with the recorder in it and makes it play; `complaints` asks
 * the page for what its player complained of until now.
 */
export async function listenWithBrowser(
  player: string,
  start: (page: Page) => Promise<void>,
  complaints: (page: Page) => Promise<readonly string[]> = async () => [],
): Promise<BrowserListener> {
  const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    const page = await browser.newPage();
    await page.addInitScript({ content: await pageScript("recorder.ts") });
    const watched = watchPage(page);
    await start(page);
    return makeListener(player, browser, page, watched, complaints);
  } catch (thrown) {
    await browser.close();
    throw thrown;
  }
}

/** A script of `page/` as the browser can run it. */
export async function pageScript(name: string): Promise<string> {
  const source = await readFile(new URL(`page/${name}`, import.meta.url), "utf8");
  return (await transform(source, { loader: "ts", format: "iife" })).code;
}

type Watched = { problems: string[]; segments: { at: number; url: string }[] };

function watchPage(page: Page): Watched {
  const watched: Watched = { problems: [], segments: [] };
  page.on("response", (response) => {
    const url = response.url();
    if (response.status() >= 400 && !url.endsWith("/favicon.ico")) watched.problems.push(`${response.status()} ${url}`);
    else if (new URL(url).pathname.endsWith(".ts")) watched.segments.push({ at: Date.now(), url });
  });
  page.on("pageerror", (error) => watched.problems.push(`page error: ${error.message}`));
  return watched;
}

function makeListener(
  player: string,
  browser: Browser,
  page: Page,
  watched: Watched,
  complaints: (page: Page) => Promise<readonly string[]>,
): BrowserListener {
  const progress = new ProgressWatch();
  const media: string[] = [];
  const tones: ToneEdge[] = [];
  let complained: readonly string[] = [];
  let buffered: readonly (readonly [number, number])[] = [];
  const look = async () => {
    const taken = Taken.parse(await page.evaluate("radioRecorder.take()"));
    for (const [at, position] of taken.positions) progress.at(at, position);
    for (const { type } of taken.events)
      if (UNHAPPY_EVENTS.includes(type) && progress.began) media.push(`event ${type}`);
    if (taken.holes > 0) media.push(`a hole in the buffer: ${JSON.stringify(taken.buffered)}`);
    tones.push(...taken.tones);
    buffered = taken.buffered;
    complained = await complaints(page);
  };
  const abort = new AbortController();
  const looking = (async () => {
    while (!abort.signal.aborted) {
      await look();
      await pause(LOOK_MS, abort.signal);
    }
  })().catch((thrown: unknown) => {
    media.push(`the page is gone: ${thrown}`);
  });
  let final: Heard | null = null;
  const heard = (): Heard =>
    final ?? {
      player,
      since: progress.began,
      seconds: progress.advanced,
      stalls: progress.stallsUntil(Date.now() - LOOK_MS * 2),
      problems: [...watched.problems, ...media, ...progress.jumps.map(describeJump), ...complained],
    };
  return {
    page,
    heard,
    watchTones: async (watch) => {
      await page.evaluate(`radioRecorder.watchTones(${JSON.stringify(watch)})`);
    },
    tones: () => tones,
    buffered: () => buffered,
    segments: () => watched.segments,
    stop: async () => {
      if (final) return final;
      abort.abort();
      await looking;
      final = heard();
      await browser.close();
      return final;
    },
  };
}
