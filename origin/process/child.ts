import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { pause } from "../../kit/loop.ts";

/** Runs a child process whose streams and end we must hold in hand, which fluent-ffmpeg does not let us. */
export type Child = {
  readonly pid: number | undefined;
  readonly stdin: ChildProcessWithoutNullStreams["stdin"];
  readonly stdout: ChildProcessWithoutNullStreams["stdout"];
  /** Why it ended, with the end of what it said on stderr. Never rejects. */
  readonly ended: Promise<string>;
  /** SIGKILL: for a child that hangs. */
  kill(): void;
  /** SIGTERM, and SIGKILL after `graceMs`; resolves when the process is gone. */
  stop(graceMs?: number): Promise<void>;
};

const STDERR_TAIL = 2000;
const owned = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of owned) child.kill("SIGKILL");
});

/** Kills the child should this process exit before it. */
export function endWithUs(child: ChildProcess): void {
  owned.add(child);
  child.once("close", () => owned.delete(child));
  child.once("error", () => {
    if (child.pid === undefined) owned.delete(child);
  });
}

export type ChildOptions = {
  /** In place of ours. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Is told what the child says on stderr, as it comes. */
  onSaid?(text: string): void;
};

/** Starts `command` without a shell. A command that cannot be started ends at once, with the reason. */
export function startChild(command: string, args: readonly string[], { env, onSaid }: ChildOptions = {}): Child {
  const child = spawn(command, args, { stdio: "pipe", windowsHide: true, ...(env === undefined ? {} : { env }) });
  endWithUs(child);
  let said = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    said = (said + text).slice(-STDERR_TAIL);
    onSaid?.(text);
  });
  const ended = new Promise<string>((resolve) => {
    const end = (how: string) => resolve(said.trim() === "" ? how : `${how}: ${said.trim()}`);
    child.once("error", (error) => end(error.message));
    child.once("close", (code, signal) => end(signal === null ? `exited with code ${code}` : `was ended by ${signal}`));
  });
  // A broken pipe is the child's end seen from our side, and `ended` tells why.
  child.stdin.on("error", () => {});
  child.stdout.on("error", () => {});
  const kill = () => {
    child.kill("SIGKILL");
  };
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    kill,
    async stop(graceMs = 500) {
      child.kill("SIGTERM");
      const patience = new AbortController();
      await Promise.race([ended, pause(graceMs, patience.signal)]);
      patience.abort();
      kill();
      await ended;
    },
  };
}
