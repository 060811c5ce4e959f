import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { segmentAt } from "../../contracts/timeline.ts";
import { fleetIsActive } from "../harness/fleet.ts";
import { collectHashes, compareHashes, type Hashes } from "../harness/hash-compare.ts";
import { type NodeMaker, startNodeMaker } from "../harness/node-maker.ts";
import { LAST_RELEASE, PRESENT, unpackLastRelease } from "../harness/releases.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { followStream } from "../harness/stream-check.ts";

const SEGMENTS = 4;
const Origins = z.object({ items: z.array(z.object({ id: z.string(), version: z.string() })) });

/** Workers of the last release with an origin of it and one of the present release; then the present Workers with both. */
describe("a radio of two releases", () => {
  let stack: Stack;
  let maker: NodeMaker;
  beforeAll(async () => {
    const last = await unpackLastRelease();
    maker = await startNodeMaker(["origin-1"], last, PRESENT);
    stack = await startStack({
      listed: 3,
      env: { EDGE_ENTRY: last.edge, CONTROL_ENTRY: last.control },
      places: () => maker.places,
    });
  });
  afterAll(async () => {
    await stack?.stop();
    await maker?.close();
  });

  /** Both at work, every frame there, and the same bytes of both. */
  async function expectSound(): Promise<void> {
    await fleetIsActive(stack);
    const { items } = await stack.api(Origins, "GET", "/api/v1/origins");
    expect(items.map(({ id, version }) => [id, version])).toEqual([
      ["origin-1", LAST_RELEASE],
      ["origin-2", PRESENT.release],
    ]);
    const check = followStream(stack.playlistUrl());
    const hashes: Hashes = new Map();
    const until = segmentAt(Date.now(), 150) + SEGMENTS;
    await check.reached(until, 60_000);
    for (const { httpUrl } of stack.origins) await collectHashes(hashes, httpUrl, STATION);
    const { problems, frames, segments } = await check.stop();
    expect(problems).toEqual([]);
    expect(frames).toBe(segments.size * 150);
    const { common, different } = compareHashes(hashes);
    expect(common.length).toBeGreaterThan(SEGMENTS);
    expect(different).toEqual([]);
  }

  it("sounds as one under the last release's edge and control", { timeout: 150_000 }, () => expectSound());

  it("sounds as one when the Workers are of the present release, over the same database and buckets", {
    timeout: 200_000,
  }, async () => {
    const before = await stack.pid("workers");
    for (const name of ["edge", "control"] as const) {
      await copyFile(PRESENT[name], join(stack.stateDir, "build", `${name}.mjs`));
    }
    await stack.kill("workers", "SIGTERM");
    await expect.poll(() => stack.pid("workers").catch(() => before), { timeout: 30_000 }).not.toBe(before);
    const Health = z.object({ wire: z.int() });
    await expect
      .poll(() => stack.api(Health, "GET", "/healthz").catch(() => null), { timeout: 60_000, interval: 500 })
      .not.toBeNull();
    await expectSound();
  });
});
