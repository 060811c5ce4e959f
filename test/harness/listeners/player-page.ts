import { type BrowserListener, listenWithBrowser } from "./browser.ts";

const PATIENCE_MS = 10_000;

/** The project's own player page, opened and started as a person would: by its play button. */
export async function listenOnPlayerPage(edgeUrl: string, station: string): Promise<BrowserListener> {
  return listenWithBrowser("player page", async (page) => {
    await page.goto(`${edgeUrl}/${station}`, { timeout: PATIENCE_MS });
    await page.getByRole("button", { name: /play|listen/i }).click({ timeout: PATIENCE_MS });
  });
}
