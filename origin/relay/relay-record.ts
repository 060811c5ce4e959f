import type { RelayReport, RelayState } from "../../contracts/relay.ts";
import { SilenceJudge } from "../programme/silence.ts";
import type { StreamFacts } from "./stream-facts.ts";
import { NO_FACTS } from "./stream-facts.ts";

const HOUR_MS = 3_600_000;
/** Silence that a report counts: pauses in speech are none. */
const COUNTED_SILENCE_SECONDS = 1;

/** A share of time, in which what lies further back counts ever less. */
class Share {
  #part = 0;
  #whole = 0;

  add(partMs: number, wholeMs: number): void {
    this.#part += partMs;
    this.#whole += wholeMs;
    if (this.#whole < 2 * HOUR_MS) return;
    this.#part /= 2;
    this.#whole /= 2;
  }

  get value(): number | null {
    return this.#whole === 0 ? null : Math.round((1000 * this.#part) / this.#whole) / 1000;
  }
}

/** What is known of a relay, over all its connections. */
export class RelayRecord {
  readonly #id: string;
  readonly #uptime = new Share();
  readonly #silence = new Share();
  readonly #judge = new SilenceJudge(() => COUNTED_SILENCE_SECONDS);
  #state: RelayState = "connecting";
  #detail: string | null = null;
  #facts: StreamFacts = NO_FACTS;

  constructor(id: string) {
    this.#id = id;
  }

  become(state: RelayState, detail: string | null = null): void {
    this.#state = state;
    this.#detail = detail;
  }

  hear(values: Int16Array): void {
    this.#judge.hear(values);
  }

  learn(facts: StreamFacts): void {
    this.#facts = facts;
  }

  /** `isHeard`: whether its sound comes in. */
  tick(elapsedMs: number, isHeard: boolean): void {
    this.#uptime.add(isHeard ? elapsedMs : 0, elapsedMs);
    if (isHeard) this.#silence.add(this.#judge.isSilent ? elapsedMs : 0, elapsedMs);
  }

  report(): RelayReport {
    const { codec, bitrate, heard } = this.#facts;
    return {
      id: this.#id,
      state: this.#state,
      detail: this.#detail?.slice(0, 300) ?? null,
      codec: codec?.slice(0, 40) ?? null,
      bitrate,
      title:
        heard === null
          ? null
          : [heard.artist, heard.title]
              .filter((part) => part !== "")
              .join(" - ")
              .slice(0, 300),
      silence: this.#silence.value,
      uptime: this.#uptime.value,
    };
  }
}
