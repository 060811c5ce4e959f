import type { DesiredStation } from "../../contracts/fleet.ts";
import type { OriginId } from "../../contracts/names.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import { pause } from "../../kit/loop.ts";

const LOOK_MS = 250;

export type HandoverOptions = {
  origin: OriginId;
  /** The slugs of the stations whose programme was made here. */
  given: readonly string[];
  /** What is desired of a station now; null when it is none of this node's any more. */
  desired(slug: string): DesiredStation | null;
  /** Generation of the newest segment that listeners have; null where nobody can say. Never rejects. */
  publishedGeneration(slug: string): Promise<number | null>;
  withinMs: number;
  clock: Clock;
  log: Log;
};

/**
 * Waits until listeners have a segment of each successor, `withinMs` at the most: until then the node that leaves goes
 * on slicing and handing its hosts on. One that has no successor is not waited for.
 */
export async function untilSucceeded(options: HandoverOptions): Promise<void> {
  const { given, withinMs, clock, log } = options;
  const deadline = clock.monotonic() + withinMs;
  let waiting = [...given];
  while (true) {
    const isOpen = await Promise.all(waiting.map((slug) => isAwaited(slug, options)));
    waiting = waiting.filter((_, index) => isOpen[index]);
    if (waiting.length === 0) return;
    if (clock.monotonic() >= deadline)
      return log.warn("leaving before the successors are heard", { stations: waiting });
    await pause(LOOK_MS);
  }
}

async function isAwaited(slug: string, { origin, desired, publishedGeneration }: HandoverOptions): Promise<boolean> {
  const next = desired(slug);
  if (next?.studio == null || next.studio.origin === origin) return false;
  return ((await publishedGeneration(slug)) ?? 0) < next.generation;
}

/** The stations whose programme an origin makes. */
export function madeBy(origin: OriginId, stations: readonly DesiredStation[]): string[] {
  return stations.flatMap(({ slug, studio }) => (studio?.origin === origin ? [slug] : []));
}
