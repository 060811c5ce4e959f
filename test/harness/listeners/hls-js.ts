import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { z } from "zod";
import { type BrowserListener, listenWithBrowser, pageScript } from "./browser.ts";

const STOCK_ORIGIN = "http://stock.test";

/** Stock hls.js with its default settings in Chromium, on a page with nothing else. */
export async function listenWithHlsJs(playlistUrl: string): Promise<BrowserListener> {
  const library = createRequire(import.meta.url).resolve("hls.js/dist/hls.min.js");
  return listenWithBrowser(
    "hls.js",
    async (page) => {
      // A page of its own origin, so that what is listened to must allow others (CORS), as everywhere.
      await page.route(`${STOCK_ORIGIN}/`, (route) =>
        route.fulfill({ contentType: "text/html", body: "<!doctype html><title>stock</title><body></body>" }),
      );
      await page.goto(`${STOCK_ORIGIN}/`);
      await page.addScriptTag({ path: library });
      await page.addScriptTag({ content: await pageScript("stock.ts") });
      await page.evaluate(`radioStock.play(${JSON.stringify(playlistUrl)})`);
    },
    async (page) => z.array(z.string()).parse(await page.evaluate("radioStock.errors")),
  );
}

/** Seconds behind the live edge, as hls.js itself reckons. */
export async function reckonedLatency(page: Page): Promise<number> {
  return z.number().parse(await page.evaluate("radioStock.latency()"));
}
