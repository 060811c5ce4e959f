import type { PlannedRelay } from "../../contracts/plan.ts";
import { MOST_RELAYS_ON_TRIAL, type RelayReport } from "../../contracts/relay.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import { createIncidentGate, type Incident } from "../programme/incident-gate.ts";
import type { PcmSource } from "../programme/pcm-source.ts";
import { SilenceReports } from "../programme/silence-reports.ts";
import { RelayRecord } from "./relay-record.ts";
import { type RelayOptions, RelaySource } from "./relay-source.ts";
import type { RelayDependencies } from "./relay-stream.ts";
import { startTrial } from "./trial.ts";
import { type RelayPlan, type WantedRelays, wantedRelays } from "./wanted-relays.ts";

export type RelayDeskOptions = RelayDependencies & {
  planned(): RelayPlan | null;
  /** How long a relay on air may be silent; 0: for ever. */
  silenceSeconds(): number;
  onIncident(incident: Incident): void;
  clock: Clock;
  log: Log;
};

const NOTHING_WANTED: WantedRelays = { onAir: null, connected: [], trial: [] };

type Held = { url: string; record: RelayRecord; source: RelaySource | null; close(): Promise<void> };

/** Connects the relays that the plan wants on air or measured, and lets go of the others. */
export class RelayDesk {
  readonly #options: RelayDeskOptions;
  readonly #silences: SilenceReports;
  readonly #report: (incident: Incident, cause: string) => void;
  readonly #held = new Map<string, Held>();
  readonly #closing = new Set<Promise<void>>();
  /** Refusals that were told, by relay. */
  readonly #refusals = new Map<string, string>();

  constructor(options: RelayDeskOptions) {
    this.#options = options;
    this.#report = createIncidentGate(options.clock, options.onIncident);
    this.#silences = new SilenceReports(options.onIncident, options.clock);
  }

  /** All that are connected, on air or not. */
  get sources(): RelaySource[] {
    return [...this.#held.values()].flatMap(({ source }) => source ?? []);
  }

  /** The relay that is to be on air in `frame`. */
  candidates(frame: number): RelaySource[] {
    const planned = this.#options.planned();
    const id = planned && wantedRelays(planned, frame).onAir?.id;
    return this.sources.filter(({ relay }) => relay.id === id);
  }

  /** To be called every few ms. `frame` is the next to be mixed. */
  tick(frame: number, elapsedMs: number, air: { isHeard(source: PcmSource): boolean }): void {
    const planned = this.#options.planned();
    const { onAir, connected, trial } = planned ? wantedRelays(planned, frame) : NOTHING_WANTED;
    for (const [id, held] of this.#held) {
      const wanted = (held.source === null ? trial : connected).find((relay) => relay.id === id);
      if (wanted?.url === held.url || (held.source !== null && air.isHeard(held.source))) continue;
      this.#held.delete(id);
      this.#letGo(held);
    }
    for (const relay of connected) this.#hold(relay, (options) => new RelaySource(relay, options));
    for (const relay of trial.slice(0, MOST_RELAYS_ON_TRIAL))
      this.#hold(relay, (options) => startTrial(relay, options));
    for (const source of this.sources) source.tick(elapsedMs);
    const listened = this.sources.filter(({ relay }) => relay.id === onAir?.id);
    this.#silences.look(
      listened.map(({ id, silent, relay }) => ({ id, silent, name: relay.name })),
      this.#options.silenceSeconds(),
    );
  }

  reports(): RelayReport[] {
    return [...this.#held.values()].map(({ record }) => record.report());
  }

  async close(): Promise<void> {
    for (const held of this.#held.values()) this.#letGo(held);
    this.#held.clear();
    await Promise.all(this.#closing);
  }

  #hold(relay: PlannedRelay, start: (options: RelayOptions) => RelaySource | { stop(): Promise<void> }): void {
    const { id, url } = relay;
    if (this.#held.has(id)) return;
    const record = new RelayRecord(id);
    const started = start({ ...this.#options, record, onEnd: (how, reason) => this.#tell(relay, how, reason) });
    const held =
      started instanceof RelaySource
        ? { source: started, close: () => started.close() }
        : { source: null, close: () => started.stop() };
    this.#held.set(id, { url, record, ...held });
  }

  #letGo(held: Held): void {
    const closing = held.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** What is refused is told once, until it is refused for another reason. */
  #tell({ id, name, isTrial }: PlannedRelay, how: "lost" | "refused", reason: string): void {
    if (how === "lost" && isTrial) return;
    if (how === "refused" && this.#refusals.get(id) === reason) return;
    if (how === "refused") this.#refusals.set(id, reason);
    this.#report({ kind: `relay-${how}`, message: `${name}: ${reason}` }, `relay ${how} ${id}`);
  }
}
