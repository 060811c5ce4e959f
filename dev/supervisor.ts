import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { pause } from "../kit/loop.ts";

export type Job = {
  name: string;
  /** A command in front of Node's, which becomes Node without a fork. */
  through?: readonly string[];
  /** Arguments of Node: flags, script, arguments of the script. */
  args: readonly string[];
  env: Record<string, string | undefined>;
  /** Holds the process id as long as the process lives. */
  pidFile: string;
  restart: "always" | "never";
  onLine(line: string): void;
  /** Told when the process says by IPC that it is ready, if it does. */
  onReady?(): void;
  /** Told of each end that was not asked for. */
  onEnd(how: string): void;
};

export type Supervised = {
  readonly name: string;
  /** Resolves when the process has ended for good, asked for or not. */
  readonly ended: Promise<void>;
  /** Ends the process: SIGTERM, and SIGKILL if it does not obey. Resolves when it and its children are gone. */
  stop(): Promise<void>;
};

export type Patience = { restartMs: number; killMs: number };

const PATIENCE: Patience = { restartMs: 1000, killMs: 20_000 };
const END_WITH_OWNER = pathToFileURL(join(import.meta.dirname, "end-with-owner.mjs")).href;

/**
 * Keeps a Node process running. It leads a process group of its own, so that Ctrl-C in the terminal reaches it through
 * us alone and nothing it started outlives it, and it ends when we do, however we end.
 */
export function supervise(job: Job, patience: Patience = PATIENCE): Supervised {
  const stopping = new AbortController();
  const run = async () => {
    while (!stopping.signal.aborted) {
      const how = await runOnce(job, stopping.signal, patience.killMs);
      if (stopping.signal.aborted) return;
      job.onEnd(how);
      if (job.restart === "never") return;
      await pause(patience.restartMs, stopping.signal);
    }
  };
  const ended = run();
  return {
    name: job.name,
    ended,
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

/** Runs the process to its end, which the signal brings about, and says how it ended. */
async function runOnce(job: Job, signal: AbortSignal, killMs: number): Promise<string> {
  const command = [...(job.through ?? []), process.execPath, "--import", END_WITH_OWNER, ...job.args];
  const child = spawn(command[0] ?? "", command.slice(1), {
    env: job.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  for (const output of [child.stdout, child.stderr]) {
    if (output) createInterface({ input: output }).on("line", job.onLine);
  }
  child.on("message", () => job.onReady?.());
  const end = endOf(child);
  if (child.pid === undefined) return end;
  mkdirSync(dirname(job.pidFile), { recursive: true });
  writeFileSync(job.pidFile, `${child.pid}\n`);
  let escalation: NodeJS.Timeout | undefined;
  const terminate = () => {
    child.kill("SIGTERM");
    escalation = setTimeout(() => killGroup(child), killMs);
  };
  signal.addEventListener("abort", terminate, { once: true });
  if (signal.aborted) terminate();
  const how = await end;
  clearTimeout(escalation);
  signal.removeEventListener("abort", terminate);
  rmSync(job.pidFile, { force: true });
  return how;
}

/** What the process leaves behind would keep its output open, and its ports: it goes too. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let how = "";
    child.once("error", (error) => {
      how ||= `could not be started: ${error.message}`;
      if (child.pid === undefined) resolve(how);
    });
    child.once("exit", (code, killedBy) => {
      how ||= killedBy === null ? `ended with exit code ${code}` : `was ended by ${killedBy}`;
      killGroup(child);
    });
    child.once("close", () => resolve(how));
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ESRCH")) throw thrown;
  }
}
