import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Installs Debian packages where this process may, and says so; answers whether all went well. */
export function aptInstall(packages: readonly string[], purpose: string): boolean {
  if (packages.length === 0) return true;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  console.log(`Installing ${packages.join(", ")} for ${purpose} (apt-get install) ...`);
  return [["update"], ["install", "-y", "--no-install-recommends", ...packages]].every(
    (args) => spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0,
  );
}
