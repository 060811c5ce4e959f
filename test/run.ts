import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { buildAll, endBuilding } from "../dev/build.ts";
import { ROOT } from "../dev/settings.ts";
import { findFfmpeg } from "../origin/process/ffmpeg.ts";

/** `npm test`: gets ready what the tests need, then runs them; arguments go to vitest. Without any, all but the long ones. */

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** Each has a command of its own. */
const LONG_PROJECTS = ["faults", "relays"];

ensureTools();
await buildAll();
await endBuilding();
const asked = process.argv.slice(2);
process.exitCode = await runVitest(asked.length > 0 ? asked : LONG_PROJECTS.map((name) => `--project=!${name}`));

/** The tests need a present-day ffmpeg (the one from npm is of 2018, for trying out) and Chromium. */
function ensureTools(): void {
  const missing = missingTools();
  if (missing.length === 0) return;
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (mayInstall) {
    console.log(`Installing ${missing.join(" and ")} for the tests (apt-get install) ...`);
    const apt = (...args: string[]) =>
      spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
    if (apt("update") && apt("install", "-y", "--no-install-recommends", ...missing) && missingTools().length === 0)
      return;
  }
  console.error(
    `The tests need ${missing.join(" and ")}. On Debian: apt-get install ${missing.join(" ")}. Or set FFMPEG_PATH, CHROMIUM_PATH.`,
  );
  process.exit(1);
}

/** By the names of their Debian packages. */
function missingTools(): string[] {
  const ffmpeg = findFfmpeg(process.env);
  if (ffmpeg.from === "FFMPEG_PATH") putFirst(ffmpeg);
  return [...(ffmpeg.from === "npm" ? ["ffmpeg"] : []), ...(existsSync(CHROMIUM) ? [] : ["chromium"])];
}

/** The tests call ffmpeg by its name: links to the one that was chosen are put in front. */
function putFirst(found: { ffmpeg: string; ffprobe: string }): void {
  const folder = join(ROOT, "dist/ffmpeg");
  mkdirSync(folder, { recursive: true });
  for (const [name, target] of [
    ["ffmpeg", found.ffmpeg],
    ["ffprobe", found.ffprobe],
  ] as const) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(target, join(folder, name));
  }
  process.env.PATH = `${folder}${delimiter}${process.env.PATH ?? ""}`;
}

function runVitest(args: readonly string[]): Promise<number> {
  const vitest = spawn(process.execPath, [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", ...args], {
    cwd: ROOT,
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => vitest.kill(signal));
  return new Promise((resolve, reject) => {
    vitest.once("error", reject);
    vitest.once("close", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
