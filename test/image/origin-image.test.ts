import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../dev/settings.ts";
import { fleetIsActive } from "../harness/fleet.ts";
import type { Stack } from "../harness/stack.ts";
import { slicerOf, studioOf } from "../harness/station.ts";
import { type ListenedFleet, startListenedFleet } from "../harness/vigil.ts";
import { healthCheckOptions, openCommandLine } from "./command-line.ts";
import { containerMemory } from "./container-memory.ts";

/**
 * `npm run test:image`: builds the origin's image by its Dockerfile and puts a station on air with two of it, by the line
 * that `npm start` prints. ORIGIN_IMAGE names an image that is there already.
 */

const engine = await openCommandLine();
if (engine === null) console.warn("SKIPPED: there is neither podman nor a docker that runs on this machine.");

const MOST_BYTES = 220_000_000;
const BUILD_MS = 30 * 60_000;
const START_MS = 4 * 60_000;
const STEP_MS = 3 * 60_000;
const MOST_DRAIN_MS = 20_000;
const MEGABYTE = 1e6;

const IMAGE = process.env.ORIGIN_IMAGE ?? "radio-dream-origin:test";
const containerOf = (origin: string) => `radio-dream-test-${process.pid}-${origin}`;

describe.skipIf(engine === null)("the image of the origin", () => {
  const run = (...args: string[]) => {
    if (engine === null) throw new Error("there is no engine");
    return engine.run(...args);
  };
  const inspect = (origin: string, what: string) => run("inspect", "--format", `{{${what}}}`, containerOf(origin));
  let fleet: ListenedFleet;
  let stack: Stack;

  beforeAll(async () => {
    if (process.env.ORIGIN_IMAGE !== undefined) return;
    const format = engine?.program === "podman" ? ["--format", "docker"] : [];
    await engine?.show("build", ...format, "--network", "host", "--file", "origin/Dockerfile", "--tag", IMAGE, ROOT);
  }, BUILD_MS);

  beforeAll(async () => {
    fleet = await startListenedFleet({ origins: 2, elsewhere: startContainers });
    stack = fleet.stack;
  }, START_MS);

  afterAll(async () => {
    for (const id of ["origin-1", "origin-2"]) await run("rm", "--force", "--volumes", containerOf(id)).catch(() => {});
    for (const id of ["origin-1", "origin-2"]) await run("volume", "rm", containerOf(id)).catch(() => {});
    await fleet?.stop();
    await engine?.close();
  }, STEP_MS);

  /** The printed line, and the same for the second origin, with names that no other test has. */
  async function startContainers(line: string, { origins }: Stack): Promise<void> {
    const [first, second] = origins;
    if (engine === null || first === undefined || second === undefined) throw new Error("there are not two origins");
    const other = line
      .replaceAll(first.id, second.id)
      .replaceAll(new URL(first.httpUrl).port, new URL(second.httpUrl).port)
      .replaceAll(String(first.rtmpPort), String(second.rtmpPort));
    for (const [{ id }, words] of [
      [first, line],
      [second, other],
    ] as const) {
      const named = words
        .replace(`--name ${id} `, `--name ${containerOf(id)} `)
        .replace(`--volume ${id}:`, `--volume ${containerOf(id)}:`)
        .replace(/ radio-dream-origin$/, ` ${IMAGE}`);
      await engine.runLine(named, healthCheckOptions(engine.program));
    }
  }

  it("is no larger than it may be", async () => {
    const bytes = Number(await run("image", "inspect", "--format", "{{.Size}}", IMAGE));
    console.log(`the image: ${(bytes / MEGABYTE).toFixed(0)} MB`);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it(
    "keeps a station on air in 128 MB and one core, with nothing to write to but its volume",
    async () => {
      expect(await fleet.vigil.hearThisMoment()).toEqual([]);
      for (const { id } of stack.origins) {
        expect(await run("exec", containerOf(id), "node", "/app/health-check.mjs")).toBe("the origin answers 200");
        const { peak, anonymous } = await containerMemory(Number(await inspect(id, ".State.Pid")));
        console.log(
          `${id}: peak ${(peak / MEGABYTE).toFixed(0)} MB, anonymous ${(anonymous / MEGABYTE).toFixed(0)} MB`,
        );
        const limits = [".HostConfig.Memory", ".HostConfig.NanoCpus", ".HostConfig.ReadonlyRootfs", ".Config.User"];
        const values = await Promise.all([...limits, ".State.OOMKilled"].map((what) => inspect(id, what)));
        expect(values).toEqual([String(128 << 20), "1000000000", "true", "1000:1000", "false"]);
      }
    },
    STEP_MS,
  );

  it.each([
    { who: "the studio", choose: studioOf },
    { who: "a slicer", choose: slicerOf },
  ])(
    "stopped in mid-programme as $who lets no listener stall, and is back in service once it is started",
    async ({ choose }) => {
      const { id } = await choose(stack);
      const stoppedAt = performance.now();
      await run("stop", containerOf(id));
      const drainedMs = performance.now() - stoppedAt;
      console.log(`${id} has drained in ${(drainedMs / 1000).toFixed(1)} s`);
      expect(drainedMs).toBeLessThan(MOST_DRAIN_MS);
      expect(await inspect(id, ".State.ExitCode")).toBe("0");
      expect((await studioOf(stack)).id).not.toBe(id);
      expect(await fleet.vigil.hearThisMoment()).toEqual([]);
      await run("start", containerOf(id));
      await fleetIsActive(stack);
      expect(await fleet.vigil.hearThisMoment()).toEqual([]);
    },
    STEP_MS,
  );

  it("logs lines of JSON, and nothing else", async () => {
    for (const { id } of stack.origins) {
      const lines = (await run("logs", containerOf(id))).split("\n");
      expect(lines.length).toBeGreaterThan(5);
      for (const line of lines) {
        expect(JSON.parse(line)).toMatchObject({ time: expect.any(String), level: expect.any(String), origin: id });
      }
    }
  });
});
