import { spawn } from "node:child_process";
import { pause } from "../../kit/loop.ts";

/** A child process with an owner: what it says is kept within bounds, and `stop` waits for its end. */
export type Child = {
  pid: number;
  /** The newest lines of stderr, and of stdout where nobody else takes it. */
  readonly lines: readonly Line[];
  /** Resolves when the process has ended, with how; never rejects. */
  readonly ended: Promise<string>;
  readonly running: boolean;
  /** The standard input, null unless asked for. */
  readonly stdin: NodeJS.WritableStream | null;
  kill(signal: NodeJS.Signals): void;
  /** Asks for the end with SIGTERM, insists with SIGKILL after `graceMs`, and says how it ended. */
  stop(graceMs?: number): Promise<string>;
};

export type Line = { at: number; text: string };

export type ChildOptions = {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Takes stdout in place of the lines. */
  onOutput?: (chunk: Buffer) => void;
  onLine?: (line: Line) => void;
  stdin?: boolean;
  /** Lead a process group of its own, so that a stray signal to ours does not reach it. */
  detached?: boolean;
};

const KEPT_LINES = 20_000;

/** Starts a program; throws when it cannot be started. */
export async function startChild(command: string, args: readonly string[], options: ChildOptions = {}): Promise<Child> {
  const child = spawn(command, args, {
    stdio: [options.stdin ? "pipe" : "ignore", "pipe", "pipe"],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    detached: options.detached ?? false,
  });
  const lines: Line[] = [];
  const take = (text: string) => {
    const line = { at: Date.now(), text };
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.splice(0, KEPT_LINES / 10);
    options.onLine?.(line);
  };
  child.stderr?.on("data", splitLines(take));
  child.stdout?.on("data", options.onOutput ?? splitLines(take));
  // EPIPE after the child's end: how it ended is told by `ended`.
  child.stdin?.on("error", () => {});
  let running = true;
  const ended = new Promise<string>((resolve) => {
    child.on("close", (code, signal) => {
      running = false;
      resolve(signal ?? `exit ${code}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} has no process id`);
  const killIfLeft = () => child.kill("SIGKILL");
  process.once("exit", killIfLeft);
  ended.then(() => process.off("exit", killIfLeft));
  return {
    pid,
    lines,
    ended,
    get running() {
      return running;
    },
    stdin: child.stdin,
    kill: (signal) => {
      child.kill(signal);
    },
    stop: async (graceMs = 5000) => {
      if (running) child.kill("SIGTERM");
      const patience = new AbortController();
      const insist = pause(graceMs, patience.signal).then(() => running && child.kill("SIGKILL"));
      const how = await ended;
      patience.abort();
      await insist;
      return how;
    },
  };
}

/** Calls back with each line, ended by either of CR and LF; players paint their status with CR. */
function splitLines(take: (text: string) => void): (chunk: Buffer) => void {
  let rest = "";
  return (chunk) => {
    const parts = (rest + chunk.toString("utf8")).split(/[\r\n]+/);
    rest = (parts.pop() ?? "").slice(-10_000);
    for (const part of parts) if (part !== "") take(part);
  };
}
