// Runs a script of the project with the right Node and with its dependencies in place:
//   node dev/setup.mjs dev/start.ts [arguments]
// Plain JavaScript without dependencies, for it runs first, on whatever Node the machine has (20 or newer).
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = join(import.meta.dirname ?? process.cwd(), "..");
const MODULES = join(ROOT, "node_modules");
const STAMP = join(MODULES, ".installed-lock-sha256");
const LOCK = join(MODULES, ".installing");
const BINARIES = join(MODULES, ".bin");
const WAIT_FOR_OTHER_MS = 600_000;
/** Node runs TypeScript as it is from here on. */
const NEWEST_FEATURE = [22, 18];

const [script, ...args] = process.argv.slice(2);
if (script === undefined) fail("Say which script to run: node dev/setup.mjs dev/start.ts");
await ensureInstalled();
process.exit(await run(chooseNode(), script, args));

async function ensureInstalled() {
  if (isInstalled()) return;
  mkdirSync(MODULES, { recursive: true });
  const deadline = Date.now() + WAIT_FOR_OTHER_MS;
  for (let told = false; !takeLock(); told = true) {
    if (Date.now() > deadline) fail(`Another install does not end. If there is none, delete ${LOCK}.`);
    if (!told) say("Another start is installing the dependencies; waiting for it.");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    if (isInstalled()) return;
    say("Installing the dependencies with npm (about 700 MB, the first time takes a minute) ...");
    await install();
    writeFileSync(STAMP, lockHash());
    say("The dependencies are installed.");
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function isInstalled() {
  return existsSync(STAMP) && readFileSync(STAMP, "utf8") === lockHash();
}

function lockHash() {
  return createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
}

/** True when the lock is ours now; a lock whose owner has ended is nobody's. */
function takeLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: "wx" });
    return true;
  } catch (thrown) {
    if (thrown.code !== "EEXIST") throw thrown;
  }
  const owner = Number(readLock());
  if (owner > 0 && !isAlive(owner)) rmSync(LOCK, { force: true });
  return false;
}

function readLock() {
  try {
    return readFileSync(LOCK, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown.code === "EPERM";
  }
}

async function install() {
  const npmArgs = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const npmScript = process.env.npm_execpath;
  const viaScript = npmScript?.endsWith(".js");
  const command = viaScript ? process.execPath : "npm";
  const code = await ended(
    spawn(command, viaScript ? [npmScript, ...npmArgs] : npmArgs, { cwd: ROOT, stdio: ["ignore", 2, 2] }),
  );
  if (code !== 0) fail(`npm install failed (exit code ${code}); its reason stands above.`);
}

/** The Node that npm installed for the project, else this one if it is new enough. */
function chooseNode() {
  const shipped = join(BINARIES, "node");
  if (existsSync(shipped)) return shipped;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [needMajor, needMinor] = NEWEST_FEATURE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return process.execPath;
  fail(
    `npm has no Node for ${process.platform}-${process.arch}, and this one is ${process.version}: install Node ${NEWEST_FEATURE.join(".")} or newer.`,
  );
}

/** Runs the script as this process's other half: same terminal, same signals, same exit code, same end. */
async function run(node, file, scriptArgs) {
  const preload = pathToFileURL(join(ROOT, "dev", "end-with-owner.mjs")).href;
  const child = spawn(node, ["--import", preload, file, ...scriptArgs], {
    cwd: ROOT,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH: `${BINARIES}${delimiter}${process.env.PATH ?? ""}` },
  });
  endWithNpm(() => child.kill("SIGTERM"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return ended(child);
}

/** npm starts us through a shell that a signal may end alone: whoever ended that wants us to end too. */
function endWithNpm(end) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, 500);
  watch.unref();
}

function ended(child) {
  return new Promise((resolve) => {
    child.once("error", (error) => fail(`${child.spawnfile} cannot be run: ${error.message}`));
    child.once("close", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

function say(text) {
  console.error(text);
}

function fail(text) {
  say(text);
  process.exit(1);
}
