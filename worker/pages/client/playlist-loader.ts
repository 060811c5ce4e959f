import {
  FetchLoader,
  type HlsConfig,
  type Loader,
  type LoaderCallbacks,
  type LoaderConfiguration,
  LoadStats,
  type PlaylistLoaderConstructor,
  type PlaylistLoaderContext,
} from "hls.js/light";
import { firstLookIn, nextLookIn, readPlaylist, type SeenPlaylist } from "./playlist-watch.ts";

/**
 * A playlist loader for hls.js that answers a reload when the playlist has changed: hls.js alone looks once a target
 * duration, and finds a segment up to 1.5 s late. `onMediaPlaylist` is told of each text before hls.js gets it.
 */
export function createPlaylistLoader(
  onMediaPlaylist: (text: string) => void,
  random: () => number = Math.random,
): PlaylistLoaderConstructor {
  let seen: SeenPlaylist | null = null;

  /** True when the text is news; remembers it then. */
  const notice = (address: string, text: string): boolean => {
    const news = seen === null || seen.address !== address || seen.text !== text;
    if (news) seen = { address, text, changedAt: performance.now(), segmentMs: readPlaylist(text).segmentMs ?? 0 };
    return news;
  };

  return class WatchingLoader implements Loader<PlaylistLoaderContext> {
    context: PlaylistLoaderContext | null = null;
    #config: HlsConfig;
    #look: FetchLoader | null = null;
    #timer: number | undefined;

    constructor(config: HlsConfig) {
      this.#config = { ...config, fetchSetup: revalidating };
    }

    get stats() {
      return this.#look?.stats ?? new LoadStats();
    }

    load(
      context: PlaylistLoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<PlaylistLoaderContext>,
    ): void {
      this.context = context;
      let firstLookAt: number | null = null;

      const look = () => {
        firstLookAt ??= performance.now();
        this.#look?.destroy();
        this.#look = new FetchLoader(this.#config);
        this.#look.load(context, config, {
          onSuccess: (response, stats, _, details) => {
            const text = typeof response.data === "string" ? response.data : "";
            if (context.type === "level") {
              const again = notice(context.url, text) ? null : nextLookIn(firstLookAt ?? 0, performance.now(), random);
              if (again !== null) return lookIn(again);
              onMediaPlaylist(text);
            }
            callbacks.onSuccess(response, stats, context, details);
          },
          onError: (error, _, details, stats) => callbacks.onError(error, context, details, stats),
          onTimeout: (stats, _, details) => callbacks.onTimeout(stats, context, details),
          onAbort: (stats, _, details) => callbacks.onAbort?.(stats, context, details),
        });
      };
      const lookIn = (ms: number) => {
        this.#timer = window.setTimeout(look, ms);
      };

      const wait = firstLookIn(seen, context.url, performance.now());
      if (wait === 0) look();
      else lookIn(wait);
    }

    getCacheAge(): number | null {
      return this.#look?.getCacheAge() ?? null;
    }

    getResponseHeader(name: string): string | null {
      return this.#look?.getResponseHeader(name) ?? null;
    }

    abort(): void {
      window.clearTimeout(this.#timer);
      this.#look?.abort();
    }

    destroy(): void {
      window.clearTimeout(this.#timer);
      this.#look?.destroy();
      this.#look = null;
      this.context = null;
    }
  };
}

/** Asks the server whether the copy in the browser's cache is still true: cheap when it is, never stale. */
function revalidating(context: { url: string }, init: RequestInit): Request {
  return new Request(context.url, { ...init, cache: "no-cache" });
}
