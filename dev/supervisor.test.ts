import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Job, type Supervised, supervise } from "./supervisor.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const DEADLINE = { timeout: 15_000, interval: 20 };
const PATIENCE = { restartMs: 50, killMs: 300 };

let folder: string;
let pidFile: string;
let lines: string[];
let ends: string[];
let started: Supervised[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "supervisor-"));
  pidFile = join(folder, "run", "job.pid");
  lines = [];
  ends = [];
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((supervised) => supervised.stop()));
  rmSync(folder, { recursive: true });
});

function start(fixture: string, restart: Job["restart"] = "never", through: Job["through"] = []): Supervised {
  const supervised = supervise(
    {
      name: "job",
      through,
      args: [join(FIXTURES, fixture)],
      env: process.env,
      pidFile,
      restart,
      onLine: (line) => lines.push(line),
      onEnd: (how) => ends.push(how),
    },
    PATIENCE,
  );
  started.push(supervised);
  return supervised;
}

/** The process is there and is no zombie. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

const pidInFile = () => Number(readFileSync(pidFile, "utf8"));

describe("a supervised process", () => {
  it("has its id in the pid file as long as it lives", async () => {
    const job = start("forever.ts");
    await expect.poll(() => lines, DEADLINE).toEqual(["up"]);
    expect(isAlive(pidInFile())).toBe(true);
    await job.stop();
    expect(existsSync(pidFile)).toBe(false);
  });

  it("is itself under its id also when it is started through another command", async () => {
    const job = start("forever.ts", "never", ["env", "ANY=thing"]);
    await expect.poll(() => lines, DEADLINE).toEqual(["up"]);
    const pid = pidInFile();
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0]).toBe(process.execPath);
    await job.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it("is not started again with restart never, and how it ended is told", async () => {
    await start("brief.ts", "never").ended;
    expect(lines).toEqual(["up"]);
    expect(ends).toEqual(["ended with exit code 3"]);
  });

  it("is started again and again with restart always", async () => {
    start("brief.ts", "always");
    await expect.poll(() => ends.length, DEADLINE).toBeGreaterThanOrEqual(2);
  });

  it("is started again under a new id when it was killed from outside", async () => {
    start("forever.ts", "always");
    await expect.poll(() => lines.length, DEADLINE).toBe(1);
    const first = pidInFile();
    process.kill(first, "SIGKILL");
    await expect.poll(() => lines.length, DEADLINE).toBe(2);
    expect(pidInFile()).not.toBe(first);
    expect(ends).toEqual(["was ended by SIGKILL"]);
  });

  it("is ended by SIGTERM, of which nothing is told, for it was asked for", async () => {
    const job = start("forever.ts", "always");
    await expect.poll(() => lines.length, DEADLINE).toBe(1);
    const pid = pidInFile();
    await job.stop();
    expect(isAlive(pid)).toBe(false);
    expect(ends).toEqual([]);
  });

  it("is killed when it does not obey SIGTERM in time", async () => {
    const job = start("stubborn.ts");
    await expect.poll(() => lines, DEADLINE).toEqual(["up"]);
    const pid = pidInFile();
    await job.stop();
    expect(lines).toEqual(["up", "no"]);
    expect(isAlive(pid)).toBe(false);
  });

  it("takes with it what it had started itself, when it is killed", async () => {
    const job = start("parent.ts");
    await expect.poll(() => lines.length, DEADLINE).toBe(1);
    const grandchild = Number(lines[0]?.replace("child ", ""));
    process.kill(pidInFile(), "SIGKILL");
    await job.ended;
    await expect.poll(() => isAlive(grandchild), DEADLINE).toBe(false);
  });

  it("ends when its owner is killed with -9", async () => {
    const owner = spawn(process.execPath, [join(FIXTURES, "owner.ts"), pidFile, "forever.ts"]);
    await expect.poll(() => existsSync(pidFile) && pidInFile() > 0, DEADLINE).toBe(true);
    const pid = pidInFile();
    expect(isAlive(pid)).toBe(true);
    owner.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { ...DEADLINE, timeout: 8000 }).toBe(false);
  });
});
