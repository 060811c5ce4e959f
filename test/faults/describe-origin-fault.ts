import { beforeAll, describe, expect, it, vi } from "vitest";
import { pause } from "../../kit/loop.ts";
import { levels } from "../harness/audio/level.ts";
import { fleetIsActive } from "../harness/fleet.ts";
import { LONG, ORIGIN_FAULT_SECONDS, PATIENCE_MS } from "../harness/lengths.ts";
import { startPublisher } from "../harness/publisher.ts";
import { decodeSegments } from "../harness/recording.ts";
import type { Stack, StackOrigin } from "../harness/stack.ts";
import { reportOf, slicerOf, studioOf } from "../harness/station.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

/** What is done to one origin of three, and how it is undone. */
export type OriginFault = {
  title: string;
  begin(stack: Stack, origin: string): Promise<void>;
  end(stack: Stack, origin: string): Promise<void>;
  /** Whether a host at the origin goes off air at once. */
  silencesHost: boolean;
};

type Victims = { who: string; choose(stack: Stack): Promise<StackOrigin[]> };

/** Every change is held to the first; a release must stand all. */
const VICTIMS: Victims[] = [
  { who: "the studio and a slicer", choose: async (stack) => [await studioOf(stack), await slicerOf(stack)] },
  { who: "the studio", choose: async (stack) => [await studioOf(stack)] },
  { who: "a slicer", choose: async (stack) => [await slicerOf(stack)] },
  {
    who: "two slicers",
    choose: async (stack) => {
      const studio = await studioOf(stack);
      return stack.origins.filter(({ id }) => id !== studio.id);
    },
  },
];

const LIBRARY_HZ = 440;
const HOST_HZ = 1000;
const OFF_AIR_MS = 5000;
/** Who was turned away, since another host seemed to be on, tries again after so long, so often. */
const TRY_AGAIN_MS = 1000;
const TRIES = 20;
/** Quieter than this is neither the library nor the host. */
const QUIET_DB = -45;
const LEVEL_WINDOW_MS = 20;
const LONGEST_QUIET_MS = 200;

/** A fleet of three with listeners on, of which one origin or two suffer. */
export function describeOriginFault({ title, begin, end, silencesHost }: OriginFault): void {
  describe(title, () => {
    let stack: Stack;
    let vigil: Vigil;
    beforeAll(async () => {
      const fleet = await startListenedFleet({ network: true, tones: [{ frequency: LIBRARY_HZ }] });
      ({ stack, vigil } = fleet);
      return fleet.stop;
    });

    const suffer = async (origins: readonly StackOrigin[], meanwhile: () => Promise<void>) => {
      try {
        await Promise.all(origins.map(({ id }) => begin(stack, id)));
        await meanwhile();
      } finally {
        await Promise.all(origins.map(({ id }) => end(stack, id)));
      }
    };

    it.each(LONG ? VICTIMS : VICTIMS.slice(0, 1))(
      "of $who is noticed by no listener",
      { timeout: PATIENCE_MS },
      async ({ choose }) => {
        await fleetIsActive(stack);
        // The fault itself: not a wait for something, but the something.
        await suffer(await choose(stack), () => pause(ORIGIN_FAULT_SECONDS * 1000));
        expect(await vigil.hearThisMoment()).toEqual([]);
        await fleetIsActive(stack);
        expect(await vigil.hearThisMoment()).toEqual([]);
      },
    );

    it("of a host's ingest is bridged by the library until the host is at another", {
      timeout: PATIENCE_MS,
    }, async () => {
      await fleetIsActive(stack);
      const studio = await studioOf(stack);
      const [ingest, other] = stack.origins.filter(({ id }) => id !== studio.id);
      if (!ingest || !other) throw new Error("three origins");
      const sourceIs = (source: string) =>
        vi.waitFor(async () => expect((await reportOf(studio))?.source).toBe(source), {
          timeout: OFF_AIR_MS,
          interval: 100,
        });
      const publishUntilLive = async ({ id }: StackOrigin) => {
        for (let tries = 1; ; tries++) {
          const publisher = await startPublisher(await stack.liveUrl(id), { tone: HOST_HZ });
          const isLive = await Promise.race([sourceIs("live").then(() => true), publisher.ended.then(() => false)]);
          if (isLive) return publisher;
          if (tries === TRIES) throw new Error("the host is turned away for ever");
          await pause(TRY_AGAIN_MS);
        }
      };
      const from = Math.max(...vigil.report.segments.keys());
      const first = await startPublisher(await stack.liveUrl(ingest.id), { tone: HOST_HZ });
      await sourceIs("live");
      await vigil.hearOn(4);
      await suffer([ingest], async () => {
        if (silencesHost) await sourceIs("autopilot");
        first.kill("SIGKILL");
        const again = await publishUntilLive(other);
        await vigil.hearOn(4);
        await again.stop();
        await sourceIs("autopilot");
      });
      await fleetIsActive(stack);
      expect(await vigil.hearThisMoment()).toEqual([]);
      const heard = new Map([...vigil.report.segments].filter(([number]) => number > from));
      const quiet = levels((await decodeSegments(heard)).sound)
        .slice(5)
        .filter((level) => level < QUIET_DB);
      expect(quiet.length * LEVEL_WINDOW_MS).toBeLessThanOrEqual(LONGEST_QUIET_MS);
    });
  });
}
