import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readKept } from "./secrets.ts";

/**
 * Makes this process the only one that works in a state folder: two Miniflares in one corrupt each other. Throws when
 * another process that lives has claimed it. Answers how to give it back.
 */
export function claimState(pidFile: string): () => void {
  const owner = Number(readKept(pidFile));
  if (owner > 0 && owner !== process.pid && isRunner(owner)) {
    throw new Error(
      `Radio Dream already runs with this STATE_DIR (pid ${owner}): end it first, or set another STATE_DIR.`,
    );
  }
  mkdirSync(dirname(pidFile), { recursive: true });
  writeFileSync(pidFile, `${process.pid}\n`);
  return () => rmSync(pidFile, { force: true });
}

/** After a crash the number may be another program's by now: where the system tells, its command line must fit. */
function isRunner(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ESRCH") return false;
  }
  try {
    return /dev\/(?:start|backup\/\w+)\.ts/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return true;
  }
}
