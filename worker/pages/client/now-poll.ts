import { config } from "zod";
import { NowJson } from "../../../contracts/now-json.ts";
import type { Clock } from "../../../kit/clock.ts";
import { describe, type Log } from "../../../kit/log.ts";
import { withTimeout } from "../../../kit/race.ts";
import { nextPollIn } from "./now-playing.ts";

// Zod's fast path compiles code at run time, which the page's policy forbids.
config({ jitless: true });

const TIMEOUT_MS = 5000;

/** `GET /{station}/now.json`, asked for while someone listens or looks. What fails is asked again; the old stays. */
export class NowPoll {
  latest: NowJson | null = null;
  #address: string;
  #clock: Clock;
  #random: () => number;
  #usualMs: number;
  #log: Log;
  #dueAt = 0;
  #asking = false;

  constructor(address: string, dependencies: { clock: Clock; random: () => number; usualMs: number; log: Log }) {
    this.#address = address;
    this.#clock = dependencies.clock;
    this.#random = dependencies.random;
    this.#usualMs = dependencies.usualMs;
    this.#log = dependencies.log;
  }

  /** To be called about twice a second while the answer is wanted. */
  tick(): void {
    if (!this.#asking && this.#clock.monotonic() >= this.#dueAt) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    try {
      this.latest = await withTimeout(TIMEOUT_MS, "now.json", async (signal) => {
        const answer = await fetch(this.#address, { signal, cache: "no-cache" });
        if (!answer.ok) throw new Error(`now.json answered ${answer.status}`);
        return NowJson.parse(await answer.json());
      });
    } catch (thrown) {
      this.#log.warn("What is on now could not be learned", { error: describe(thrown) });
    }
    this.#asking = false;
    this.#dueAt = this.#clock.monotonic() + nextPollIn(this.latest, this.#clock.now(), this.#random, this.#usualMs);
  }
}
