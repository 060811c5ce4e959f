import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** A program that is missing, refuses, or does not end in time. */
export class CommandError extends Error {
  override name = "CommandError";
}

const TIMEOUT_MS = 10_000;

/** Runs a program with `input` on its stdin and answers what it prints; throws CommandError unless it exits with 0. */
export async function command(program: string, args: readonly string[], input = ""): Promise<string> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], timeout: TIMEOUT_MS, killSignal: "SIGKILL" });
  const words = [program, ...args].join(" ");
  // A program that ends before it has read its input tells why by its exit code.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  try {
    const [output, complaints, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    if (code !== 0) throw new CommandError(`${words} ended with ${code}: ${complaints.trim()}`);
    return output;
  } catch (thrown) {
    if (thrown instanceof CommandError) throw thrown;
    throw new CommandError(`${words}: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
}
