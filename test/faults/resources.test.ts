import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { EXIT } from "../../origin/exit-codes.ts";
import { fleetIsActive, incidentsSince, originsOf } from "../harness/fleet.ts";
import { LONG, PATIENCE_MS } from "../harness/lengths.ts";
import type { Stack } from "../harness/stack.ts";
import { makeTightNode, type TightNode } from "../harness/tight-node.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

const TIGHT = "origin-3";
/** The node looks every ten seconds, and again seven seconds after what it tried. */
const LADDER_MS = 60_000;

type Shortage = {
  what: string;
  begin(node: TightNode, pid: number): Promise<void>;
  end(node: TightNode): Promise<void>;
  says: RegExp;
  /** With what the process ends; null where a new one would not help. */
  exit: number | null;
};

const SHORTAGES: Shortage[] = [
  {
    what: "one descriptor of a hundred left",
    begin: (node, pid) => node.takeDescriptors(pid),
    end: async () => {},
    says: /file descriptors are open/,
    exit: EXIT.descriptors,
  },
  {
    what: "a full disk",
    begin: (node) => node.fillDisk(),
    end: (node) => node.clearDisk(),
    says: /disk is full|cannot be written/,
    exit: null,
  },
  {
    what: "its memory limit reached",
    begin: (node, pid) => node.takeMemory(pid),
    end: async () => {},
    says: /bytes of memory are taken/,
    exit: EXIT.memory,
  },
  {
    what: "a data folder that is read-only",
    begin: (node) => node.makeReadOnly(),
    end: (node) => node.makeWritable(),
    says: /cannot be written/,
    exit: null,
  },
];

const mayTighten = process.getuid?.() === 0 && existsSync("/sys/fs/cgroup/memory/memory.limit_in_bytes");

describe.runIf(mayTighten)("a node with", () => {
  let node: TightNode;
  let stack: Stack;
  let vigil: Vigil;
  beforeAll(async () => {
    node = await makeTightNode();
    const fleet = await startListenedFleet({ places: () => ({ [TIGHT]: node.place }) });
    ({ stack, vigil } = fleet);
    return async () => {
      await fleet.stop();
      await node.close();
    };
  });

  it.each(LONG ? SHORTAGES : SHORTAGES.slice(0, 2))(
    "$what reports it and leaves, is replaced, and nobody hears it",
    {
      timeout: PATIENCE_MS,
    },
    async ({ begin, end, says, exit }) => {
      const since = Date.now();
      const before = await stack.pid(TIGHT);
      await begin(node, before);
      const state = async () => (await originsOf(stack)).find(({ id }) => id === TIGHT)?.state;
      await expect.poll(state, { timeout: LADDER_MS, interval: 500 }).toMatch(/evicted|reprovisioning|trial/);
      if (exit !== null) {
        await expect.poll(() => stack.pid(TIGHT).catch(() => before), { timeout: LADDER_MS }).not.toBe(before);
        expect(stack.lines.map(({ text }) => text)).toContainEqual(expect.stringContaining(`exit code ${exit}`));
      } else expect(await stack.pid(TIGHT)).toBe(before);
      await end(node);
      await fleetIsActive(stack);
      expect(await vigil.hearThisMoment()).toEqual([]);
      const story = (await incidentsSince(stack, since)).filter(({ origin }) => origin === TIGHT);
      expect(story.map(({ message }) => message).join("\n")).toMatch(says);
      expect(story.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["origin-evicted", "origin-readmitted"]));
    },
  );
});
