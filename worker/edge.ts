import type { Context } from "hono";
import type { StationSlug } from "../contracts/names.ts";
import type { RoutedStation, Routing } from "../contracts/routing.ts";
import { TRACE_HEADER, type Trace, traceFrom } from "../contracts/trace.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { createLog, describe, type Log } from "../kit/log.ts";
import { Complaints } from "./complaints.ts";
import { Listings } from "./listing/listings.ts";
import { Libraries } from "./media/libraries.ts";
import type { Board } from "./playlist/board.ts";
import { Boards } from "./playlist/boards.ts";
import type { EdgeEnvironment, FetchOrigin, Reach } from "./reach.ts";
import { Reels } from "./reel/reels.ts";
import { RoutingReader, stationOf } from "./routing/routing-reader.ts";
import { Shelf } from "./segment/shelf.ts";
import { type EdgeSettings, readSettings } from "./settings.ts";

export type EdgeOptions = {
  clock?: Clock;
  log?: Log;
  fetchOrigin?: FetchOrigin;
  cache?: Reach["cache"];
};

/** A station that was asked for. */
export type Where = { slug: StationSlug; routing: Routing; station: RoutedStation; board: Board };

export type EdgeContext = Context<{ Bindings: EdgeEnvironment }>;

/** What an isolate keeps between requests, and the way from a request to what it can reach. */
export class Edge {
  readonly routing = new RoutingReader();
  readonly boards = new Boards();
  readonly shelf = new Shelf();
  readonly reels = new Reels();
  readonly libraries = new Libraries();
  readonly listings = new Listings();
  readonly log: Log;
  readonly clock: Clock;
  readonly #complaints: Complaints;
  readonly #traces = new WeakMap<Request, Trace>();
  #settings: EdgeSettings | null = null;
  readonly #fetchOrigin: FetchOrigin;
  readonly #cache: Reach["cache"];

  constructor(options: EdgeOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.log = options.log ?? createLog();
    this.#complaints = new Complaints(this.log, this.clock);
    this.#fetchOrigin = options.fetchOrigin ?? ((url, init) => fetch(url, init));
    this.#cache = options.cache ?? (() => caches.default);
  }

  reach(request: Request, environment: EdgeEnvironment, context: Pick<ExecutionContext, "waitUntil">): Reach {
    const { url } = request;
    const site = url.slice(0, url.indexOf("/", "https://".length));
    this.#settings ??= this.#read(environment);
    return {
      bucket: environment.MEDIA,
      segments: environment.SEGMENTS ?? environment.MEDIA,
      cache: this.#cache,
      site,
      segmentsUrl: this.#settings.segmentsUrl,
      edgeUrl: this.#settings.edgeUrl ?? site,
      fetchOrigin: this.#fetchOrigin,
      fetchAsset: (asset) => environment.ASSETS.fetch(asset),
      keep: (work) => context.waitUntil(work),
      clock: this.clock,
      complaints: {
        add: (subject, thrown) => this.#complaints.add(subject, thrown, this.trace(request).id),
      },
      trace: () => this.trace(request),
    };
  }

  /**
   * Settings are the same for all that an isolate is asked. With wrong ones, or without a bucket that has nothing but
   * segments, listeners are served as without any.
   */
  #read(environment: EdgeEnvironment): EdgeSettings {
    try {
      const settings = readSettings(environment);
      return environment.SEGMENTS === undefined ? { ...settings, segmentsUrl: null } : settings;
    } catch (thrown) {
      this.log.error("settings cannot be used", { error: describe(thrown) });
      return { segmentsUrl: null, edgeUrl: null };
    }
  }

  /** The trace that a request belongs to. */
  trace(request: Request): Trace {
    const known = this.#traces.get(request);
    if (known !== undefined) return known;
    const trace = traceFrom(request.headers.get(TRACE_HEADER));
    this.#traces.set(request, trace);
    return trace;
  }

  reachOf(context: EdgeContext): Reach {
    return this.reach(context.req.raw, context.env, context.executionCtx);
  }

  /** Throws 404 for an unknown station, 503 when no routing was ever seen. */
  async station(slug: StationSlug, reach: Reach): Promise<Where> {
    const routing = await this.routing.current(reach);
    return { slug, routing, station: stationOf(routing, slug), board: this.boards.of(routing, slug) };
  }
}
