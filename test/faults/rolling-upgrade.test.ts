import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { fleetIsActive } from "../harness/fleet.ts";
import { LONG, PATIENCE_MS } from "../harness/lengths.ts";
import { type NodeMaker, startNodeMaker } from "../harness/node-maker.ts";
import { LAST_RELEASE, PRESENT, unpackLastRelease } from "../harness/releases.ts";
import type { Stack } from "../harness/stack.ts";
import { studioOf } from "../harness/station.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

const IDS = ["origin-1", "origin-2", "origin-3"];
/** In place of a minute and a half. */
const QUICKLY = { drainMs: 15_000 };
const UPGRADE_MS = LONG ? 900_000 : 420_000;

const Upgrade = z.object({
  id: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  steps: z.array(z.object({ origin: z.string(), phase: z.string() })),
  story: z.array(z.object({ kind: z.string(), origin: z.string().nullable(), message: z.string() })),
});
const Origins = z.object({ items: z.array(z.object({ id: z.string(), version: z.string(), state: z.string() })) });

describe("an upgrade of the whole fleet", () => {
  let stack: Stack;
  let vigil: Vigil;
  let maker: NodeMaker;
  beforeAll(async () => {
    maker = await startNodeMaker(IDS, await unpackLastRelease(), PRESENT);
    const { env, places } = maker;
    const fleet = await startListenedFleet({ env, places: () => places });
    ({ stack, vigil } = fleet);
    maker.serve(stack);
    await stack.api(z.unknown(), "PATCH", "/api/v1/policy", QUICKLY);
    return fleet.stop;
  });
  afterAll(() => maker?.close());

  const versions = async () => {
    const { items } = await stack.api(Origins, "GET", "/api/v1/origins");
    return new Map(items.map(({ id, version }) => [id, version]));
  };
  const read = (id: string) => stack.api(Upgrade, "GET", `/api/v1/upgrades/${id}`);

  /** Waits for its end, and notes of which release the studio was while some other node was not. */
  async function follow(id: string): Promise<Set<string>> {
    const studios = new Set<string>();
    await expect
      .poll(
        async () => {
          const [{ state, reason }, running, studio] = [await read(id), await versions(), await studioOf(stack)];
          if (new Set(running.values()).size > 1) studios.add(running.get(studio.id) ?? "");
          return state === "running" ? state : `${state}: ${reason}`;
        },
        { timeout: UPGRADE_MS, interval: 1000 },
      )
      .not.toBe("running");
    return studios;
  }

  it("that runs the last release goes node by node, with studios of either release among slicers of the other, unheard", {
    timeout: UPGRADE_MS + PATIENCE_MS,
  }, async () => {
    expect(new Set((await versions()).values())).toEqual(new Set([LAST_RELEASE]));
    const wanted = { version: PRESENT.release, settleMs: 2000 };
    const { id } = await stack.api(Upgrade, "POST", "/api/v1/upgrades", wanted);
    const studios = await follow(id);
    const { state, reason, story } = await read(id);
    expect([state, reason]).toEqual(["done", "all of them are at work"]);
    expect(studios).toEqual(new Set([LAST_RELEASE, PRESENT.release]));
    expect(new Set((await versions()).values())).toEqual(new Set([PRESENT.release]));
    expect(maker.made.map(({ id }) => id).toSorted()).toEqual(IDS);
    for (const origin of IDS) {
      const phases = story.filter((told) => told.origin === origin).map(({ message }) => message.split(":")[0]);
      expect(phases).toEqual(["draining", "replacing", "proving", "done"]);
    }
    expect(await vigil.hearThisMoment()).toEqual([]);
  });

  it.runIf(LONG)(
    "goes back to the last release when that is asked for, unheard",
    { timeout: UPGRADE_MS + PATIENCE_MS },
    async () => {
      const { items } = await stack.api(
        z.object({ items: z.array(z.object({ id: z.string() })) }),
        "GET",
        "/api/v1/upgrades",
      );
      const back = await stack.api(Upgrade, "POST", `/api/v1/upgrades/${items[0]?.id}/rollback`);
      await follow(back.id);
      expect((await read(back.id)).state).toBe("done");
      expect(new Set((await versions()).values())).toEqual(new Set([LAST_RELEASE]));
      await fleetIsActive(stack);
      expect(await vigil.hearThisMoment()).toEqual([]);
    },
  );
});
