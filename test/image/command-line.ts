import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findEngine, podmanEnvironment } from "../containers/engine.ts";

/** The engine as it is told what to do on a command line. */
export type CommandLine = {
  program: "podman" | "docker";
  /** Answers what it prints; throws, with what it complains about, when it does not end well. */
  run(...args: string[]): Promise<string>;
  /** The same of a whole line that begins with `docker run`; what is in `before` goes between these and the rest. */
  runLine(line: string, before: readonly string[]): Promise<string>;
  /** Shows what it prints, for what takes minutes. */
  show(...args: string[]): Promise<void>;
  close(): Promise<void>;
};

/** Null where neither podman nor docker is there. */
export async function openCommandLine(): Promise<CommandLine | null> {
  const program = findEngine();
  if (program === null || spawnSync(program, ["version"], { stdio: "ignore" }).status !== 0) return null;
  const folder = await mkdtemp(join(tmpdir(), "radio-dream-engine-"));
  const env = program === "podman" ? await podmanEnvironment(folder) : process.env;
  const exec = async (command: string, args: string[]) => {
    const { stdout, stderr } = await promisify(execFile)(command, args, { env, maxBuffer: 1 << 24 });
    return { stdout: stdout.trim(), stderr };
  };
  return {
    program,
    run: async (...args) => (await exec(program, args)).stdout,
    runLine: async (line, before) => {
      const begin = [program, "run", ...before].join(" ");
      return (await exec("sh", ["-c", line.replace(/^docker run/, begin)])).stdout;
    },
    show: async (...args) => {
      const child = spawn(program, args, { env, stdio: ["ignore", "inherit", "inherit"] });
      const code = await new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", resolve);
      });
      if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}`);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** podman's health checks are timers of systemd, and it does not run an image that has one where there is none. */
export function healthCheckOptions(program: CommandLine["program"]): string[] {
  const hasTimers =
    spawnSync("systemctl", ["is-system-running"])
      .stdout?.toString()
      .match(/running|degraded/) !== null;
  return program === "podman" && !hasTimers ? ["--no-healthcheck"] : [];
}
