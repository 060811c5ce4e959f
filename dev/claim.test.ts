import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimState } from "./claim.ts";

let folder: string;
let pidFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "claim-"));
  pidFile = join(folder, "run", "start.pid");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the claim to a state folder", () => {
  it("is given back", () => {
    const release = claimState(pidFile);
    expect(existsSync(pidFile)).toBe(true);
    release();
    expect(existsSync(pidFile)).toBe(false);
  });

  it.each([
    ["start", "dev/start.ts"],
    ["backup", "dev/backup/backup.ts"],
    ["restore", "dev/backup/restore.ts"],
  ])("is refused while another %s lives, and its id is told", (_, script) => {
    claimState(pidFile);
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 60_000)", script]);
    try {
      writeFileSync(pidFile, String(other.pid));
      expect(() => claimState(pidFile)).toThrow(`already runs with this STATE_DIR (pid ${other.pid})`);
    } finally {
      other.kill("SIGKILL");
    }
  });

  it("of a start that was killed is nobody's, also when its id is another program's by now", () => {
    claimState(pidFile);
    writeFileSync(pidFile, "1");
    expect(() => claimState(pidFile)).not.toThrow();
    writeFileSync(pidFile, "999999999");
    expect(() => claimState(pidFile)).not.toThrow();
  });
});
