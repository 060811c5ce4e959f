import { withTimeout } from "../../kit/race.ts";
import { type Child, startChild } from "../process/child.ts";
import { MAX_CHILD_CPU_SECONDS } from "./limits.ts";

export type ChildLimits = {
  /** Private memory, in bytes. */
  memory: number;
  /** Longest file that the child may write, in bytes. */
  fileBytes: number;
};

/** How a child came to its end: `clean`; `failed` by what it read; `broken` by a signal, for want of memory, before it began. */
export type Ending = { how: "clean" | "failed" | "broken"; said: string };

/** With these, ffmpeg says that it cannot make anything of a file, or found too many errors in it. */
const VERDICTS = new Set(["1", "69"]);

/** Starts a command that reads what strangers wrote: held to its limits by the kernel, and behind all else for the CPU. */
export function startGuardedChild(command: string, args: readonly string[], limits: ChildLimits): Child {
  return startChild("prlimit", [...limitsOf(limits), "nice", "-n", "10", command, ...args]);
}

/** Options of prlimit(1), of util-linux: no shell is needed to set them. */
function limitsOf({ memory, fileBytes }: ChildLimits): string[] {
  const limits = { core: 0, data: Math.floor(memory), fsize: Math.ceil(fileBytes), cpu: MAX_CHILD_CPU_SECONDS };
  return Object.entries(limits).map(([name, limit]) => `--${name}=${limit}`);
}

/** Reads what `Child.ended` tells. */
export function endingOf(ended: string): Ending {
  const [, code, said = ""] = /^exited with code (\d+)(?:: (.*))?$/s.exec(ended) ?? [];
  if (code === undefined) return { how: "broken", said: ended };
  if (code === "0") return { how: "clean", said };
  const isVerdict = VERDICTS.has(code) && !said.includes("Cannot allocate memory");
  return { how: isVerdict ? "failed" : "broken", said };
}

/**
 * Runs a command to its end and gives what it wrote to stdout; more than `maxBytes` of it is a failure.
 *
 * @throws TimeoutError after `withinMs`, and `signal`'s reason when that aborts
 */
export async function runGuardedChild(
  command: string,
  args: readonly string[],
  options: { limits: ChildLimits; withinMs: number; maxBytes: number; signal: AbortSignal },
): Promise<Ending & { output: Buffer }> {
  const { limits, withinMs, maxBytes, signal } = options;
  signal.throwIfAborted();
  const child = startGuardedChild(command, args, limits);
  signal.addEventListener("abort", child.kill, { once: true });
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) child.kill();
    else chunks.push(chunk);
  });
  try {
    const ended = await withTimeout(withinMs, command, () => child.ended);
    signal.throwIfAborted();
    if (bytes > maxBytes)
      return { how: "failed", said: `more than ${maxBytes} bytes came out`, output: Buffer.alloc(0) };
    return { ...endingOf(ended), output: Buffer.concat(chunks) };
  } finally {
    signal.removeEventListener("abort", child.kill);
    child.kill();
    await child.ended;
  }
}
