import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { fleetIsActive, originsOf } from "../harness/fleet.ts";
import { LONG, PATIENCE_MS } from "../harness/lengths.ts";
import type { Stack } from "../harness/stack.ts";
import { slicerOf, studioOf } from "../harness/station.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

const SHIFTED_CLOCK = pathToFileURL(join(import.meta.dirname, "../harness/shifted-clock.mjs")).href;
const FOUND_OUT_MS = 30_000;
const MINUTE_MS = 60_000;

describe("a clock that jumps", () => {
  let folder: string;
  let stack: Stack;
  let vigil: Vigil;
  const file = (id: string) => join(folder, id);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "radio-dream-clock-"));
    const ids = ["origin-1", "origin-2", "origin-3"];
    const fleet = await startListenedFleet({
      places: () =>
        Object.fromEntries(
          ids.map((id) => [
            id,
            { environment: { NODE_OPTIONS: `--import ${SHIFTED_CLOCK}`, CLOCK_SHIFT_FILE: file(id) } },
          ]),
        ),
    });
    ({ stack, vigil } = fleet);
    return async () => {
      await fleet.stop();
      await rm(folder, { recursive: true });
    };
  });

  const cases = [
    { by: 5 * MINUTE_MS, who: "the studio", choose: studioOf },
    { by: -5 * MINUTE_MS, who: "the studio", choose: studioOf },
    { by: 5 * MINUTE_MS, who: "a slicer", choose: slicerOf },
    { by: -5 * MINUTE_MS, who: "a slicer", choose: slicerOf },
  ];
  it.each(LONG ? cases : cases.slice(0, 1))(
    "by $by ms on $who takes that node out of service, unnoticed by listeners",
    {
      timeout: PATIENCE_MS,
    },
    async ({ by, choose }) => {
      const { id } = await choose(stack);
      await writeFile(file(id), String(by));
      const state = async () => (await originsOf(stack)).find((origin) => origin.id === id)?.state;
      await expect.poll(state, { timeout: FOUND_OUT_MS, interval: 500 }).not.toMatch(/active|suspect/);
      await expect.poll(async () => (await studioOf(stack)).id, { timeout: FOUND_OUT_MS }).not.toBe(id);
      expect(await vigil.hearThisMoment()).toEqual([]);
      await writeFile(file(id), "0");
      await fleetIsActive(stack);
      expect(await vigil.hearThisMoment()).toEqual([]);
    },
  );
});
