import { z } from "zod";
import { FAULTS_PATH } from "./faults.ts";

/** What a test tells the faulty control (`faulty-control/main.ts`) to suffer from. */

/** `fail`: an error at once. `hang`: no answer. */
const Trouble = z.enum(["none", "fail", "hang"]);

export const ControlFaults = z.object({
  /** Every call of D1. */
  database: Trouble.default("none"),
  /** Everything that control is asked; nothing is swept meanwhile. */
  control: Trouble.default("none"),
});
export type ControlFaults = z.infer<typeof ControlFaults>;

/** Ends the Durable Object as Cloudflare does when it moves one: what it held in memory is gone. */
export const EVICTION_PATH = `${FAULTS_PATH}/eviction`;

const TIMEOUT_MS = 5000;

/** Puts these faults in place of those before; `{}` makes control sound again. */
export async function setControlFaults(controlUrl: string, faults: z.input<typeof ControlFaults>): Promise<void> {
  await post(controlUrl + FAULTS_PATH, JSON.stringify(ControlFaults.parse(faults)));
}

export async function evictMonitor(controlUrl: string): Promise<void> {
  await post(controlUrl + EVICTION_PATH, "");
}

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`control answers ${response.status}: is it the faulty one?`);
}
