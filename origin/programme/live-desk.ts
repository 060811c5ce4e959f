import type { Log } from "../../kit/log.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import { LiveSource } from "./live.ts";
import type { LiveHost } from "./may-go-live.ts";
import type { PcmSource } from "./pcm-source.ts";

/** Holds the newest host and the newest that is admitted, and an earlier one for as long as it is still heard. */
export class LiveDesk {
  readonly #log: Log;
  readonly #admits: (host: LiveHost) => boolean;
  readonly #heardSince = new WeakMap<LiveSource, number>();
  readonly #closing = new Set<Promise<void>>();
  #hosts: LiveSource[] = [];
  #isAllowed: boolean;

  /** `admits` says whether a host may be on air now, by the schedule. */
  constructor(isAllowed: boolean, admits: (host: LiveHost) => boolean, log: Log) {
    this.#isAllowed = isAllowed;
    this.#admits = admits;
    this.#log = log;
  }

  offer(feed: LiveFeed): void {
    this.#hosts.unshift(new LiveSource(feed, this.#log));
  }

  allow(isAllowed: boolean): void {
    this.#isAllowed = isAllowed;
  }

  /** Newest first, whether they are allowed on air or not. */
  get hosts(): readonly LiveSource[] {
    return this.#hosts;
  }

  /** The newest host who may be on air in `frame`, then the one on air that he will replace. */
  candidates(onAir: PcmSource | null, frame: number): LiveSource[] {
    const present = this.#hosts.find((host) => host === onAir);
    if (present !== undefined && !this.#heardSince.has(present)) this.#heardSince.set(present, frame);
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
  }

  status(onAir: PcmSource | null): { keyId: string; name: string; onAir: boolean } | null {
    const host = this.#hosts.find((candidate) => candidate === onAir) ?? this.#hosts[0];
    return host === undefined ? null : { keyId: host.feed.key.id, name: host.feed.key.name, onAir: host === onAir };
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
    return this.#admits({ keyId: host.feed.key.id, heardSince: this.#heardSince.get(host) ?? null });
  }

  #release(host: LiveSource, reason: string): void {
    this.#hosts = this.#hosts.filter((other) => other !== host);
    host.feed.close(reason);
    const closing = host.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
