import { describe, it, vi } from "vitest";
import { startChild } from "./child.ts";
import { boundPorts, claimPorts } from "./ports.ts";
import { processesWithEnvironment } from "./processes.ts";
import { endStack } from "./stack-end.ts";

/** A stand-in for `npm start`: a shell that runs `script` with a STATE_DIR of its own. */
async function startStandIn(script: string) {
  const stateDir = `/nowhere/${crypto.randomUUID()}`;
  const ports = await claimPorts(1);
  const child = await startChild("sh", ["-c", script], {
    env: { PATH: process.env.PATH, STATE_DIR: stateDir, PORT: String(ports.first) },
  });
  await vi.waitUntil(() => child.lines.length > 0, { timeout: 5000 });
  return { child, ports, stateDir };
}

const LISTEN = `require("node:net").createServer().listen(process.env.PORT)`;

describe.concurrent("the end of a stack", () => {
  it("is in order when everything has ended and nothing is bound", async ({ expect }) => {
    const { child, ports, stateDir } = await startStandIn(
      "trap 'exit 0' INT; echo ready; while :; do sleep 0.05; done",
    );
    await expect(endStack(child, ports, stateDir)).resolves.toBeUndefined();
    await ports.release();
  });

  it("is not in order when a process and its port are left behind, and ends them", async ({ expect }) => {
    const { child, ports, stateDir } = await startStandIn(
      `"${process.execPath}" -e '${LISTEN}' >/dev/null 2>&1 & trap 'exit 0' INT; echo ready; wait`,
    );
    await vi.waitUntil(async () => (await boundPorts([ports.first])).length > 0, { timeout: 10_000 });
    const end = endStack(child, ports, stateDir);
    await expect(end).rejects.toThrow(new RegExp(`was left behind.*port ${ports.first} was left bound`));
    expect(await processesWithEnvironment("STATE_DIR", stateDir)).toEqual([]);
    await ports.release();
  });

  it("is not in order when it ends with an error", async ({ expect }) => {
    const { child, ports, stateDir } = await startStandIn(
      "trap 'exit 3' INT; echo ready; while :; do sleep 0.05; done",
    );
    await expect(endStack(child, ports, stateDir)).rejects.toThrow("exit 3");
    await ports.release();
  });
});
