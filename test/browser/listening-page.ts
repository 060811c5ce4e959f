import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { z } from "zod";

const RadioDream = z.object({
  state: z.enum(["paused", "connecting", "playing", "waiting", "reconnecting"]),
  latency: z.number().nullable(),
  stalls: z.int(),
});

/** The player page in a browser of its own, and what can be seen of it from outside. */
export type ListeningPage = {
  page: Page;
  context: BrowserContext;
  /** Addresses asked for, and what the browser complained of. */
  requests: string[];
  complaints: string[];
  radio(): Promise<z.infer<typeof RadioDream>>;
  /** Seconds of sound played since the element last began anew. */
  position(): Promise<number>;
  volume(): Promise<{ volume: number; muted: boolean }>;
};

export async function openPlayer(
  browser: Browser,
  address: string,
  options: BrowserContextOptions & { script?: string } = {},
): Promise<ListeningPage> {
  const { script, ...contextOptions } = options;
  const context = await browser.newContext(contextOptions);
  if (script !== undefined) await context.addInitScript({ content: script });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(address);
  const ofAudio = (expression: string) =>
    page.evaluate(`{ const audio = document.querySelector("[data-audio]"); ${expression} }`);
  return {
    page,
    context,
    requests,
    complaints,
    radio: async () => RadioDream.parse(await page.evaluate("({ ...radioDream })")),
    position: async () => z.number().parse(await ofAudio("audio.currentTime")),
    volume: async () =>
      z
        .object({ volume: z.number(), muted: z.boolean() })
        .parse(await ofAudio("({ volume: audio.volume, muted: audio.muted })")),
  };
}
