import { frameAt } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import type { Incident } from "./incident-gate.ts";
import { LiveSource } from "./live.ts";
import type { LiveHost } from "./may-go-live.ts";
import type { PcmSource } from "./pcm-source.ts";
import { SilenceReports } from "./silence-reports.ts";

export type LiveDeskOptions = {
  isAllowed: boolean;
  /** Whether a host may be on air now, by the schedule. */
  admits(host: LiveHost): boolean;
  /** The programme's first frame. */
  firstFrame: number;
  /** How long a host may be silent; 0: for ever. */
  silenceSeconds: number;
  onIncident(incident: Incident): void;
  clock: Clock;
  log: Log;
};

/** Holds the newest host and the newest that is admitted, and an earlier one for as long as it is still heard. */
export class LiveDesk {
  readonly #options: LiveDeskOptions;
  readonly #silences: SilenceReports;
  readonly #heardSince = new WeakMap<LiveSource, number>();
  readonly #closing = new Set<Promise<void>>();
  #hosts: LiveSource[] = [];
  #isAllowed: boolean;
  #silenceSeconds: number;

  constructor(options: LiveDeskOptions) {
    this.#options = options;
    this.#isAllowed = options.isAllowed;
    this.#silenceSeconds = options.silenceSeconds;
    this.#silences = new SilenceReports(options.onIncident, options.clock);
  }

  offer(feed: LiveFeed): void {
    // Whoever waits for permission may be silent.
    const silenceSeconds = () => (this.#isAllowed ? this.#silenceSeconds : 0);
    this.#hosts.unshift(new LiveSource(feed, silenceSeconds, this.#options.log));
  }

  allow(isAllowed: boolean): void {
    this.#isAllowed = isAllowed;
  }

  /** How long a host may be silent, in seconds; 0: for ever. */
  allowSilence(seconds: number): void {
    this.#silenceSeconds = seconds;
  }

  /** Newest first, whether they are allowed on air or not. */
  get hosts(): readonly LiveSource[] {
    return this.#hosts;
  }

  /** The newest host who may be on air in `frame`, then the one on air that he will replace. */
  candidates(onAir: PcmSource | null, frame: number): LiveSource[] {
    const present = this.#hosts.find((host) => host === onAir);
    if (present !== undefined && this.#since(present) === null) this.#heardSince.set(present, frame);
    if (!this.#isAllowed) return [];
    const newest = this.#newestAdmitted();
    return this.#hosts.filter((host) => host === newest || (host === onAir && this.#isAdmitted(host)));
  }

  /** Lets go of hosts that are over or replaced, and not heard any more. */
  tick(elapsedMs: number, air: { isHeard(source: PcmSource): boolean }): void {
    for (const host of this.#hosts) host.tick(elapsedMs);
    const wanted = [this.#hosts[0], this.#newestAdmitted()];
    const done = this.#hosts.filter((host) => (host.hasEnded || !wanted.includes(host)) && !air.isHeard(host));
    for (const host of done) this.#release(host, "another host has taken over");
    const listened = this.#isAllowed ? this.#hosts : [];
    this.#silences.look(
      listened.map(({ id, silent, feed }) => ({ id, silent, name: feed.key.name })),
      this.#silenceSeconds,
    );
  }

  status(onAir: PcmSource | null): { keyId: string; name: string; onAir: boolean } | null {
    const host = this.#hosts.find((candidate) => candidate === onAir) ?? this.#hosts[0];
    return host === undefined ? null : { keyId: host.feed.key.id, name: host.feed.key.name, onAir: host === onAir };
  }

  /** Whether a newer host has to wait: who is on air, or could be. One whose audio has dried up gives way. */
  isTaken(onAir: PcmSource | null): boolean {
    return this.#hosts.some((host) => host === onAir || host.isSteady);
  }

  bufferMs(): number | null {
    return this.#hosts[0]?.bufferMs ?? null;
  }

  async close(): Promise<void> {
    for (const host of this.#hosts) this.#release(host, "the programme has ended");
    await Promise.all(this.#closing);
  }

  #newestAdmitted(): LiveSource | undefined {
    return this.#hosts.find((host) => this.#isAdmitted(host));
  }

  #isAdmitted(host: LiveSource): boolean {
    return this.#options.admits({ keyId: host.feed.key.id, heardSince: this.#since(host) });
  }

  /** Who was connected before this programme began was on air in the one before it, as far as anybody can tell. */
  #since(host: LiveSource): number | null {
    const connected = frameAt(host.feed.since);
    return connected < this.#options.firstFrame ? connected : (this.#heardSince.get(host) ?? null);
  }

  #release(host: LiveSource, reason: string): void {
    this.#hosts = this.#hosts.filter((other) => other !== host);
    host.feed.close(reason);
    const closing = host.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
