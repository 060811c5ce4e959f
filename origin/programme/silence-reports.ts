import type { Clock } from "../../kit/clock.ts";
import type { Incident } from "./incident-gate.ts";

/** An alert stands for an hour unless it is said again. */
const AGAIN_MS = 30 * 60_000;

type Listened = { id: string; name: string; silent: boolean };
type Told = { name: string; at: number };

/** Says of each source when it falls silent, again while it stays so, and when it is heard again or gone. */
export class SilenceReports {
  readonly #onIncident: (incident: Incident) => void;
  readonly #clock: Clock;
  readonly #told = new Map<string, Told>();

  constructor(onIncident: (incident: Incident) => void, clock: Clock) {
    this.#onIncident = onIncident;
    this.#clock = clock;
  }

  /** To be called often, with all sources that there are. */
  look(sources: readonly Listened[], limitSeconds: number): void {
    const now = this.#clock.monotonic();
    for (const [id, { name }] of this.#told) {
      const source = sources.find((candidate) => candidate.id === id);
      if (source?.silent) continue;
      this.#told.delete(id);
      if (source) this.#onIncident({ kind: "source-heard", message: `${name}: heard again` });
      else this.#onIncident({ kind: "source-gone", message: `${name}: was silent, and is gone` });
    }
    for (const { id, name, silent } of sources) {
      const told = this.#told.get(id);
      if (!silent || (told && now - told.at < AGAIN_MS)) continue;
      this.#told.set(id, { name, at: now });
      this.#onIncident({
        kind: "source-silent",
        message: `${name}: connected, and silent for ${limitSeconds} s or more`,
      });
    }
  }
}
