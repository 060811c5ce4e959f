import type { RenditionName } from "../../contracts/names.ts";
import { INDEX_SEGMENTS } from "../../contracts/station-index.ts";
import type { Clock } from "../../kit/clock.ts";
import type { SlicedSegment } from "../packager/slicer.ts";

/** Segment numbers that are uploaded at once when there is a backlog. */
const NUMBERS_AT_ONCE = 4;

export type Copy = {
  readonly segment: SlicedSegment;
  state: "queued" | "uploading" | "uploaded" | "refused";
};

/** A segment number that is not yet, or not yet wholly, announced. */
type Pending = {
  number: number;
  generation: number;
  copies: Map<RenditionName, Copy>;
  /** Monotonic ms at which the first copy was uploaded or refused. */
  settledAt: number | null;
  /** Named in the index already, though a late copy is still on its way. */
  announced: boolean;
};

export type UploadQueue = {
  /** Takes the segment in and returns what falls out for it. */
  add(segment: SlicedSegment): Copy[];
  /** Takes out what is older than `generation` up to the number `last`, and not announced. */
  takeOutdated(last: number, generation: number): Copy[];
  /** What was being uploaded is to be uploaded anew. */
  requeue(copies: readonly Copy[]): void;
  settle(copy: Copy, state: "uploaded" | "refused"): void;
  /** Takes out what may be named in the index now, and says in how many ms to look again; null when not by time. */
  takeAnnounceable(patienceMs: number): { copies: Copy[]; lookAgainMs: number | null };
  /** Copies to upload now; they count as being uploaded from here on. */
  takeStartable(): Copy[];
  /** Numbers that are not announced. */
  waiting(): number;
};

/** The order in which a station's segments go up and are announced. Holds INDEX_SEGMENTS numbers; does no I/O. */
export function createUploadQueue(clock: Clock): UploadQueue {
  const numbers = new Map<number, Pending>();
  let newestAnnounced = -1;
  /** Renditions the newest number had: those that the next one is expected to have. */
  let awaited: ReadonlySet<RenditionName> = new Set();

  const ascending = () => [...numbers.values()].sort((a, b) => a.number - b.number);
  const unannounced = () => ascending().filter((pending) => !pending.announced);

  function remove(pending: Pending): Copy[] {
    numbers.delete(pending.number);
    return [...pending.copies.values()];
  }

  return {
    add(segment) {
      const { number, generation, rendition } = segment;
      const present = numbers.get(number);
      const outdated = present !== undefined && present.generation < generation ? remove(present) : [];
      const announced = number <= newestAnnounced;
      const pending: Pending = numbers.get(number) ?? {
        number,
        generation,
        copies: new Map(),
        settledAt: null,
        announced,
      };
      pending.copies.set(rendition, { segment, state: "queued" });
      numbers.set(number, pending);
      if (pending.announced) awaited = new Set([...awaited, rendition]);
      return [...outdated, ...ascending().slice(0, -INDEX_SEGMENTS).flatMap(remove)];
    },

    takeOutdated: (last, generation) =>
      unannounced()
        .filter((pending) => pending.number <= last && pending.generation < generation)
        .flatMap(remove),

    requeue(copies) {
      for (const copy of copies) if (copy.state === "uploading") copy.state = "queued";
    },

    settle(copy, state) {
      copy.state = state;
      const pending = numbers.get(copy.segment.number);
      if (pending !== undefined) pending.settledAt ??= clock.monotonic();
    },

    takeAnnounceable(patienceMs) {
      const copies: Copy[] = [];
      let lookAgainMs: number | null = null;
      for (const pending of ascending()) {
        const waitedMs = pending.settledAt === null ? 0 : clock.monotonic() - pending.settledAt;
        if (!pending.announced && !isReady(pending, awaited, waitedMs >= patienceMs)) {
          if (pending.settledAt !== null && waitedMs < patienceMs) lookAgainMs = patienceMs - waitedMs;
          break;
        }
        if (!pending.announced) awaited = new Set(pending.copies.keys());
        pending.announced = true;
        newestAnnounced = Math.max(newestAnnounced, pending.number);
        copies.push(...takeSettled(pending));
        if (pending.copies.size === 0) numbers.delete(pending.number);
      }
      return { copies, lookAgainMs };
    },

    takeStartable() {
      const late = ascending().filter((pending) => pending.announced);
      const startable = [...late, ...unannounced().slice(0, NUMBERS_AT_ONCE)]
        .flatMap((pending) => [...pending.copies.values()])
        .filter((copy) => copy.state === "queued");
      for (const copy of startable) copy.state = "uploading";
      return startable;
    },

    waiting: () => unannounced().length,
  };
}

/**
 * Whether a number may be announced: once each rendition that is awaited is uploaded or refused, or, when patience is
 * at its end, with what there is. One of which everything was refused is ready too, and names nothing.
 */
function isReady({ copies }: Pending, awaited: ReadonlySet<RenditionName>, patienceIsOver: boolean): boolean {
  const states = [...copies.values()].map((copy) => copy.state);
  const allSettled = states.every((state) => state === "uploaded" || state === "refused");
  const allThere = [...awaited].every((rendition) => copies.has(rendition));
  return (allSettled && allThere) || (patienceIsOver && (allSettled || states.includes("uploaded")));
}

function takeSettled({ copies }: Pending): Copy[] {
  const uploaded = [...copies.values()].filter((copy) => copy.state === "uploaded");
  for (const [rendition, { state }] of copies) {
    if (state === "uploaded" || state === "refused") copies.delete(rendition);
  }
  return uploaded;
}
