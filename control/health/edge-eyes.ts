import { EdgeHealth } from "../../contracts/edge-health.ts";
import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { call, type Fetch } from "../outbound/call.ts";

/** The edge's word on what it gets of each routed origin, be it from R2 or from the origin itself. */
export type EdgeEyes = {
  /**
   * Asks about some of the stations anew, about the `urgent` ones first: where players do not ask the edge, it hears by
   * this that the reel is due. Never rejects: without the edge, R2 alone is looked at.
   */
  look(stations: readonly StationSlug[], urgent?: ReadonlySet<StationSlug>): Promise<void>;
  /** The newest segment of an origin; null where the edge has none of it, or has not answered lately. */
  newest(station: StationSlug, origin: OriginId): number | null;
};

/** Where no edge is set. */
export const noEyes: EdgeEyes = { look: async () => {}, newest: () => null };

/** A station is asked about this often, and so many at once in one look, those first that waited longest. */
const EVERY_MS = 2000;
const AT_ONCE = 6;
const URGENT_AT_ONCE = 5;
const TIMEOUT_MS = 600;
/** An edge that answered about no station of a look is left alone for so long: it would hold up every sweep. */
const AWAY_MS = 10_000;
const CURRENT_MS = 5000;

type Entry = { askedAt: number; answeredAt: number; newest: ReadonlyMap<OriginId, number | null> };
type Dependencies = { url: string; fetch: Fetch; clock: Clock; log: Log };

/** Looks through the edge at `url`, as a listener would. */
export function createEdgeEyes({ url, fetch, clock, log }: Dependencies): EdgeEyes {
  const base = url.replace(/\/+$/, "");
  const entries = new Map<StationSlug, Entry>();
  let awaySince: number | null = null;
  let askAgainAt = Number.NEGATIVE_INFINITY;

  const askedAt = (station: StationSlug) => entries.get(station)?.askedAt ?? Number.NEGATIVE_INFINITY;

  async function ask(station: StationSlug): Promise<void> {
    const asked = { askedAt: clock.monotonic() };
    const before = entries.get(station) ?? { answeredAt: Number.NEGATIVE_INFINITY, newest: new Map() };
    entries.set(station, { ...before, ...asked });
    const { status, body } = await call(fetch, { method: "GET", url: `${base}/${station}/health.json` }, TIMEOUT_MS);
    if (status !== 200) throw new Error(`the edge answered ${status}`);
    const { origins } = EdgeHealth.parse(JSON.parse(body));
    const newest = new Map(origins.map((seen) => [seen.origin, seen.newest]));
    entries.set(station, { ...asked, answeredAt: clock.monotonic(), newest });
  }

  function note(outcomes: readonly PromiseSettledResult<void>[]): void {
    const now = clock.monotonic();
    const failure = outcomes.find((outcome) => outcome.status === "rejected");
    if (outcomes.some(({ status }) => status === "fulfilled")) {
      if (awaySince !== null) log.info("the edge can be looked through again", { awayMs: now - awaySince });
      awaySince = null;
    } else if (failure) {
      if (awaySince === null)
        log.warn("there is no looking through the edge; R2 alone is looked at", { error: describe(failure.reason) });
      awaySince ??= now;
      askAgainAt = now + AWAY_MS;
    }
  }

  return {
    async look(stations, urgent = new Set()) {
      const wanted = new Set(stations);
      for (const station of entries.keys()) if (!wanted.has(station)) entries.delete(station);
      const now = clock.monotonic();
      if (now < askAgainAt) return;
      const due = stations
        .filter((station) => now - askedAt(station) >= EVERY_MS)
        .toSorted((one, other) => askedAt(one) - askedAt(other));
      const first = due.filter((station) => urgent.has(station)).slice(0, URGENT_AT_ONCE);
      const others = due.filter((station) => !first.includes(station)).slice(0, AT_ONCE - first.length);
      note(await Promise.allSettled([...first, ...others].map(ask)));
    },
    newest(station, origin) {
      const entry = entries.get(station);
      if (!entry || clock.monotonic() - entry.answeredAt > CURRENT_MS) return null;
      return entry.newest.get(origin) ?? null;
    },
  };
}
