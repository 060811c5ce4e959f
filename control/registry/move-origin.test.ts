import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { createLog } from "../../kit/log.ts";
import { incidents, origins } from "../db/schema.ts";
import type { TestFleet } from "../health/test-fleet.ts";
import { changed, pass, routed, stateOf, without, withThree } from "../health/test-pass.ts";
import { moveOrigin } from "./move-origin.ts";

async function evict(world: TestFleet, id: string, isForced = false): Promise<string> {
  const context = { db: world.db, clock: world.clock, log: createLog({ write: () => {} }), actor: "admin alice" };
  try {
    await moveOrigin(context, id, "evict", world.fleet.standIns(id), isForced);
    await world.fleet.refresh();
    return "evicted";
  } catch (thrown) {
    return String(thrown);
  }
}

describe("evicting by hand", () => {
  it(
    "is refused for the last origin with audio of a station, whatever others are alive",
    withThree(async (world, nodes) => {
      const frozen = changed(changed(nodes, "origin-2", { isStale: true }), "origin-3", { isStale: true });
      await pass(world, 4000, frozen);
      expect(await evict(world, "origin-1")).toMatch(/^Refusal: No other origin has fresh audio .* `force=true`/);
      expect(await stateOf(world, "origin-1")).toBe("active");
      expect(await evict(world, "origin-2")).toBe("evicted");
    }),
  );

  it(
    "is refused for the one that is left when the others are dead",
    withThree(async (world, nodes) => {
      await pass(world, 5000, without(nodes, "origin-2", "origin-3"));
      expect(await evict(world, "origin-1")).toContain("fresh audio");
      expect(await routed()).toContain("origin-1");
    }),
  );

  it(
    "is refused for the last that can be studio, though others have audio",
    withThree(async (world, nodes) => {
      for (const id of ["origin-2", "origin-3"]) {
        await world.db
          .update(origins)
          .set({ roles: ["slicer"] })
          .where(eq(origins.id, id));
      }
      await world.fleet.refresh();
      await pass(world, 2000, nodes);
      expect(await evict(world, "origin-1")).toContain("No other origin alive could do the work of origin-1");
    }),
  );

  it(
    "is done all the same when it is forced, and the incident says so and by whom",
    withThree(async (world, nodes) => {
      await pass(world, 5000, without(nodes, "origin-2", "origin-3"));
      expect(await evict(world, "origin-1", true)).toBe("evicted");
      expect(await stateOf(world, "origin-1")).toBe("evicted");
      const told = await world.db.select().from(incidents).where(eq(incidents.actor, "admin alice"));
      expect(told).toMatchObject([
        { kind: "origin-evicted", origin: "origin-1", message: expect.stringMatching(/^by hand, from \w+, by force$/) },
      ]);
    }),
  );
});
