import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { buildAll, endBuilding } from "../dev/build.ts";
import { ffmpegText } from "../dev/say.ts";
import { ROOT } from "../dev/settings.ts";
import { findFfmpeg } from "../origin/process/ffmpeg.ts";

/** `npm test`: gets ready what the tests need, then runs them; arguments go to vitest. */

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

const environment = withFfmpeg({ ...process.env });
ensureChromium();
await buildAll();
await endBuilding();
process.exitCode = await runVitest(process.argv.slice(2));

/** The tests call ffmpeg by its name: where it is not the one on PATH, links to it are put in front. */
function withFfmpeg(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const found = findFfmpeg(environment);
  console.log(`ffmpeg: ${ffmpegText(found)}`);
  if (found.from === "PATH") return environment;
  const folder = join(ROOT, "dist/ffmpeg");
  mkdirSync(folder, { recursive: true });
  for (const [name, target] of [
    ["ffmpeg", found.ffmpeg],
    ["ffprobe", found.ffprobe],
  ] as const) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(target, join(folder, name));
  }
  return { ...environment, PATH: `${folder}${delimiter}${environment.PATH ?? ""}` };
}

function ensureChromium(): void {
  if (existsSync(CHROMIUM)) return;
  const canInstall =
    process.env.CHROMIUM_PATH === undefined && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (canInstall) {
    console.log("Installing Chromium for the tests in a browser (apt-get install chromium) ...");
    const apt = (...args: string[]) =>
      spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
    if (apt("update") && apt("install", "-y", "--no-install-recommends", "chromium") && existsSync(CHROMIUM)) return;
  }
  console.error(
    `The tests in a browser need Chromium, and there is none at ${CHROMIUM}. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.`,
  );
  process.exit(1);
}

function runVitest(args: readonly string[]): Promise<number> {
  const vitest = spawn(process.execPath, [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", ...args], {
    cwd: ROOT,
    stdio: "inherit",
    env: environment,
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => vitest.kill(signal));
  return new Promise((resolve, reject) => {
    vitest.once("error", reject);
    vitest.once("close", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
