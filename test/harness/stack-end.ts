import { pause } from "../../kit/loop.ts";
import type { Child } from "./child.ts";
import { boundPorts, type PortBlock } from "./ports.ts";
import { processesWithEnvironment } from "./processes.ts";

const STOP_MS = 20_000;
/** The system takes a moment to free what a process that was killed had. */
const DYING_MS = 1000;
const LOOK_MS = 100;

/** Ends a stack as Ctrl-C would; throws when it ends badly or leaves a process or a bound port behind. */
export async function endStack(child: Child, ports: PortBlock, stateDir: string): Promise<void> {
  if (child.running) child.kill("SIGINT");
  const patience = new AbortController();
  const how = await Promise.race([child.ended, pause(STOP_MS, patience.signal).then(() => "no end in time")]);
  patience.abort();
  const left = await leftovers(ports, stateDir);
  for (const { pid } of await processesWithEnvironment("STATE_DIR", stateDir)) process.kill(pid, "SIGKILL");
  await child.stop();
  const problems = [...(how === "exit 0" ? [] : [`it ended with ${how}`]), ...left];
  if (problems.length > 0) throw new Error(problems.join("; "));
}

/** What is still there of a stack that has ended, in words; what is just dying gets a moment for it. */
async function leftovers(ports: PortBlock, stateDir: string): Promise<string[]> {
  const deadline = performance.now() + DYING_MS;
  for (;;) {
    const processes = await processesWithEnvironment("STATE_DIR", stateDir);
    const bound = await boundPorts(Array.from({ length: ports.size }, (_, index) => ports.first + index));
    const left = [
      ...processes.map(({ pid, name }) => `process ${pid} (${name}) was left behind`),
      ...bound.map((port) => `port ${port} was left bound`),
    ];
    if (left.length === 0 || performance.now() > deadline) return left;
    await pause(LOOK_MS);
  }
}
