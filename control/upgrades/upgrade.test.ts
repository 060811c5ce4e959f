import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { createLog } from "../../kit/log.ts";
import type { Context } from "../context.ts";
import { origins, upgrades } from "../db/schema.ts";
import type { Node } from "../health/provisioner.ts";
import { changeHealthPolicy } from "../health/set-policy.ts";
import { POWERS } from "../health/states.ts";
import type { TestFleet } from "../health/test-fleet.ts";
import { type Behaviours, pass, stateOf, withThree } from "../health/test-pass.ts";
import { registerOrigin } from "../registry/register-origin.ts";
import { registrationOf } from "../routes/test-client.ts";
import { cancelUpgrade, pauseUpgrade, resumeUpgrade, rollBackUpgrade } from "./change.ts";
import { readStory, readUpgrade } from "./read.ts";
import { startUpgrade } from "./start.ts";

const IDS = ["origin-1", "origin-2", "origin-3"];
const SECONDS = 1000;

/** A fleet whose nodes are made anew when control asks for it, and then register as `comesBackAs` says. */
type Rolling = {
  world: TestFleet;
  nodes: Behaviours;
  context: Context;
  asked: Node[];
  /** Most that were out of work at once. */
  mostOut: number;
  comesBackAs(node: Node): string | null;
};

function withRolling(test: (rolling: Rolling) => Promise<void>) {
  return withThree(async (world, nodes) => {
    const context = { db: world.db, clock: world.clock, log: createLog({ write: () => {} }), actor: "admin ann" };
    const rolling: Rolling = { world, nodes, context, asked: [], mostOut: 0, comesBackAs: ({ version }) => version };
    await changeHealthPolicy(context, { drainMs: 4000, trialMs: 40_000, evictWindowMs: 1000 });
    world.provisioner = {
      recreate: async (node) => {
        rolling.asked.push(node);
        return { outcome: "accepted" };
      },
    };
    await world.fleet.refresh();
    await test(rolling);
  });
}

/** Lets time pass until it is so; a node that was asked for registers a second later. */
async function rollUntil(rolling: Rolling, isSo: () => Promise<boolean>, within = 400): Promise<void> {
  const { world, nodes, asked, context } = rolling;
  for (let passed = 0; passed < within; passed += 1) {
    const before = asked.length;
    await pass(world, SECONDS, nodes);
    const working = await world.db.select({ state: origins.state }).from(origins);
    rolling.mostOut = Math.max(rolling.mostOut, working.filter(({ state }) => !POWERS[state].atWork).length);
    for (const node of asked.slice(before)) {
      world.clock.advance(SECONDS);
      const version = rolling.comesBackAs(node);
      const own = nodes[node.id]?.node;
      if (version === null || !own) continue;
      own.instance = crypto.randomUUID();
      const registration = {
        ...registrationOf(node.id, { version, instance: own.instance }),
        roles: [...node.roles],
      };
      await registerOrigin(context, { kind: "origin", name: node.id }, registration, async () => 0);
      await world.fleet.admit(node.id);
    }
    if (await isSo()) return;
  }
  throw new Error(`it did not come about in ${within} s`);
}

const runs = async ({ world }: Rolling) =>
  Object.fromEntries(
    (await world.db.select().from(origins)).map(({ id, version, image, state }) => [id, [version, image, state]]),
  );
const begin = async (rolling: Rolling, parts: object = {}) => {
  const id = await startUpgrade(rolling.context, { version: "2.0.0", image: "radio:2", settleMs: 2000, ...parts });
  await rolling.world.fleet.refresh();
  return id;
};
const turns = (rolling: Rolling, id: string, state: string) => async () =>
  (await readUpgrade(rolling.context, id)).state === state;

describe("an upgrade of the fleet", () => {
  it(
    "replaces one node after the other, each drained, proven and watched, and tells its story",
    withRolling(async (rolling) => {
      const id = await begin(rolling);
      await rollUntil(rolling, turns(rolling, id, "done"));
      expect(await runs(rolling)).toEqual(Object.fromEntries(IDS.map((id) => [id, ["2.0.0", "radio:2", "active"]])));
      expect(rolling.asked.map(({ id }) => id).toSorted()).toEqual(IDS);
      expect(rolling.asked.every(({ version, image }) => version === "2.0.0" && image === "radio:2")).toBe(true);
      expect(rolling.mostOut).toBe(1);
      const story = await readStory(rolling.context, await readUpgrade(rolling.context, id));
      const first = story
        .filter(({ origin }) => origin === rolling.asked[0]?.id)
        .map(({ message }) => message.split(":")[0]);
      expect(first).toEqual(["draining", "replacing", "proving", "done"]);
      expect([story[0]?.kind, story.at(-1)?.kind]).toEqual(["upgrade-began", "upgrade-done"]);
    }),
    60_000,
  );

  it(
    "halts at the first node that comes back as something else, and takes all back when that is asked for",
    withRolling(async (rolling) => {
      rolling.comesBackAs = ({ id }) => (id === "origin-2" ? "1.9.9" : "2.0.0");
      const id = await begin(rolling, { origins: ["origin-3", "origin-2"] });
      await rollUntil(rolling, turns(rolling, id, "halted"));
      expect((await readUpgrade(rolling.context, id)).reason).toBe("origin-2: it came back as 1.9.9, not as 2.0.0");
      expect(await stateOf(rolling.world, "origin-2")).toBe("evicted");
      rolling.comesBackAs = ({ version }) => version;
      const back = await rollBackUpgrade(rolling.context, id);
      await rolling.world.fleet.refresh();
      await rollUntil(rolling, turns(rolling, back, "done"));
      expect(await runs(rolling)).toEqual(Object.fromEntries(IDS.map((id) => [id, ["test", null, "active"]])));
      expect(rolling.asked.map(({ id }) => id)).toEqual(["origin-3", "origin-2", "origin-2", "origin-3"]);
      expect(await turns(rolling, id, "rolled-back")()).toBe(true);
      await expect(rollBackUpgrade(rolling.context, id)).rejects.toThrow("rolled back before");
    }),
    60_000,
  );

  it(
    "goes on where it was when control's object ends in the middle, and asks for no node twice",
    withRolling(async (rolling) => {
      const id = await begin(rolling, { origins: ["origin-3"] });
      const phase = async () => (await readUpgrade(rolling.context, id)).steps[0]?.phase;
      for (const wanted of ["draining", "replacing", "proving"]) {
        await rollUntil(rolling, async () => (await phase()) === wanted);
        rolling.world.restart();
      }
      await rollUntil(rolling, turns(rolling, id, "done"));
      expect(rolling.asked).toHaveLength(1);
    }),
    60_000,
  );

  it(
    "begins with no further node while it pauses, and goes on when it is resumed",
    withRolling(async (rolling) => {
      const id = await begin(rolling, { origins: ["origin-2", "origin-3"] });
      await rollUntil(rolling, async () => rolling.asked.length === 1);
      await pauseUpgrade(rolling.context, id);
      await rollUntil(rolling, async () =>
        (await readUpgrade(rolling.context, id)).steps.some(({ phase }) => phase === "done"),
      );
      await pass(rolling.world, 5000, rolling.nodes);
      expect((await readUpgrade(rolling.context, id)).steps.map(({ phase }) => phase)).toContain("waiting");
      await resumeUpgrade(rolling.context, id);
      await rollUntil(rolling, turns(rolling, id, "done"));
      await expect(resumeUpgrade(rolling.context, id)).rejects.toThrow("only while it is paused or halted");
    }),
    60_000,
  );

  it(
    "calls back who drains when it is cancelled",
    withRolling(async (rolling) => {
      const id = await begin(rolling);
      await rollUntil(rolling, async () =>
        (await rolling.world.db.select().from(origins)).some(({ state }) => state === "draining"),
      );
      await cancelUpgrade(rolling.context, id);
      expect(Object.values(await runs(rolling)).map(([, , state]) => state)).toEqual(["active", "active", "active"]);
      const { steps } = await readUpgrade(rolling.context, id);
      expect(steps.map(({ phase }) => phase)).toEqual(["skipped", "skipped", "skipped"]);
      await rolling.world.fleet.refresh();
      await pass(rolling.world, 5000, rolling.nodes);
      expect(rolling.asked).toEqual([]);
    }),
    60_000,
  );

  it(
    "waits rather than take out the last with audio, and halts at last",
    withRolling(async (rolling) => {
      const { world, nodes } = rolling;
      await world.db.update(origins).set({ state: "evicted", held: true }).where(eq(origins.id, "origin-2"));
      await world.db.update(origins).set({ state: "evicted", held: true }).where(eq(origins.id, "origin-3"));
      const id = await begin(rolling, { origins: ["origin-1"] });
      await pass(world, 20_000, nodes);
      expect(await stateOf(world, "origin-1")).toBe("active");
      await world.db.update(upgrades).set({ stateSince: 0 });
      await world.db.run("update upgrade_steps set phase_since = 0");
      await rollUntil(rolling, turns(rolling, id, "halted"), 5);
      expect((await readUpgrade(rolling.context, id)).reason).toContain("nobody but origin-1 has fresh audio");
    }),
    60_000,
  );

  it(
    "asks again for a node that could not be made, and halts when there is no hope",
    withRolling(async (rolling) => {
      const answers = [
        { outcome: "failed", retry: true, reason: "busy" },
        { outcome: "failed", retry: false, reason: "no such image" },
      ] as const;
      let tries = 0;
      rolling.world.provisioner = { recreate: async () => answers[Math.min(tries++, 1)] ?? answers[1] };
      const id = await begin(rolling, { origins: ["origin-3"] });
      await rollUntil(rolling, turns(rolling, id, "halted"));
      expect(tries).toBe(2);
      const { reason, steps } = await readUpgrade(rolling.context, id);
      expect(reason).toBe("origin-3: its node could not be made anew: no such image");
      expect(steps[0]?.phase).toBe("failed");
    }),
    60_000,
  );

  it(
    "waits for somebody to start the node where nothing makes nodes",
    withRolling(async (rolling) => {
      rolling.world.provisioner = {
        recreate: async (node) => {
          rolling.asked.push(node);
          return { outcome: "none" };
        },
      };
      const id = await begin(rolling, { origins: ["origin-3"] });
      await rollUntil(rolling, turns(rolling, id, "done"));
      const story = await readStory(rolling.context, await readUpgrade(rolling.context, id));
      expect(story.map(({ message }) => message)).toContain(
        "replacing: nothing makes nodes here: start origin-3 anew yourself, as radio:2",
      );
    }),
    60_000,
  );
});
