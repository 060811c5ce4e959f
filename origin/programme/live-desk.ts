import type { Log } from "../../kit/log.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import { LiveSource } from "./live.ts";
import type { PcmSource } from "./pcm-source.ts";

/** Holds the newest host, and an earlier one for as long as it is still heard. */
export class LiveDesk {
  readonly #log: Log;
  readonly #closing = new Set<Promise<void>>();
  #hosts: LiveSource[] = [];
  #isAllowed: boolean;

  constructor(isAllowed: boolean, log: Log) {
    this.#isAllowed = isAllowed;
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

  /** The newest host, then the one on air that it will replace. */
  candidates(onAir: PcmSource | null): LiveSource[] {
    return this.#isAllowed ? this.#hosts.filter((host, index) => index === 0 || host === onAir) : [];
  }

  /** Lets go of hosts that are over or replaced, and not heard any more. */
  tick(elapsedMs: number, air: { isHeard(source: PcmSource): boolean }): void {
    for (const host of this.#hosts) host.tick(elapsedMs);
    const done = this.#hosts.filter((host, index) => (host.hasEnded || index > 0) && !air.isHeard(host));
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

  #release(host: LiveSource, reason: string): void {
    this.#hosts = this.#hosts.filter((other) => other !== host);
    host.feed.close(reason);
    const closing = host.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
