import type { Clock } from "../../kit/clock.ts";
import { type FlvTag, parseAacMessage } from "./flv.ts";
import { metadataScript } from "./stream-metadata.ts";

/** A host's audio, wherever it came in: over RTMP here, or handed over by another origin. */
export type LiveFeed = {
  readonly id: string;
  readonly station: string;
  /** The stream key that was used; its name is the host's. */
  readonly key: { id: string; name: string };
  /** "ip:port", for the log. */
  readonly remote: string;
  /** When its host connected, to whichever origin: Unix ms. */
  readonly since: number;
  /**
   * Calls the listener with each AAC tag and with the stream's metadata (type 18) when it changes; the newest of the
   * latter and the newest AAC header come first, whenever they came. Tags are copies that may be kept. Returns the
   * unsubscribe.
   */
  onTag(listener: (tag: FlvTag) => void): () => void;
  /** Resolves with the reason; never rejects. */
  readonly ended: Promise<string>;
  close(reason: string): void;
};

/** A publisher without an AAC frame for this long is gone, whatever its connection says. */
export const AUDIO_TIMEOUT_MS = 3000;

export type FeedSource = {
  readonly feed: LiveFeed;
  /** Hands AAC and metadata on to the listeners; other tags and tags after the end are dropped. */
  push(tag: FlvTag): void;
  /** Ms since the last AAC frame; Infinity before the first. */
  silentFor(): number;
  /** True until the feed has ended. */
  isOpen(): boolean;
};

/** Opens a feed, which ends by `close` or when no AAC frame arrived for `audioTimeoutMs`. */
export function openFeed(options: {
  station: string;
  key: { id: string; name: string };
  remote: string;
  /** When it was connected elsewhere; without it, it is now. */
  since?: number | undefined;
  clock: Clock;
  audioTimeoutMs?: number | undefined;
}): FeedSource {
  const { station, key, remote, clock, since = clock.now(), audioTimeoutMs = AUDIO_TIMEOUT_MS } = options;
  const listeners = new Set<(tag: FlvTag) => void>();
  const ended = Promise.withResolvers<string>();
  let metadata: FlvTag | null = null;
  let header: FlvTag | null = null;
  let open = true;
  let lastFrameAt = Number.NEGATIVE_INFINITY;
  let deadline = clock.monotonic() + audioTimeoutMs;

  const close = (reason: string) => {
    if (!open) return;
    open = false;
    clearTimeout(watch);
    listeners.clear();
    ended.resolve(reason);
  };
  const watchAudio = () => {
    const left = deadline - clock.monotonic();
    if (left <= 0) close(`no audio for ${audioTimeoutMs / 1000} s`);
    else watch = setTimeout(watchAudio, left);
  };
  let watch = setTimeout(watchAudio, audioTimeoutMs);

  const pushMetadata = (tag: FlvTag) => {
    const payload = metadataScript(tag.payload);
    if (payload === null || metadata?.payload.equals(payload)) return;
    metadata = { ...tag, payload };
    for (const listener of listeners) listener(metadata);
  };
  const pushAudio = (tag: FlvTag) => {
    const message = parseAacMessage(tag.payload);
    if (message === null) return;
    if (message.kind === "header") header = tag;
    else {
      lastFrameAt = clock.monotonic();
      deadline = lastFrameAt + audioTimeoutMs;
    }
    for (const listener of listeners) listener(tag);
  };
  const push = (tag: FlvTag) => {
    if (!open) return;
    if (tag.type === 18) pushMetadata(tag);
    else if (tag.type === 8) pushAudio(tag);
  };

  const feed: LiveFeed = {
    id: crypto.randomUUID(),
    station,
    key,
    remote,
    since,
    onTag(listener) {
      if (!open) return () => {};
      listeners.add(listener);
      if (metadata !== null) listener(metadata);
      if (header !== null) listener(header);
      return () => listeners.delete(listener);
    },
    ended: ended.promise,
    close,
  };
  return { feed, push, silentFor: () => clock.monotonic() - lastFrameAt, isOpen: () => open };
}
