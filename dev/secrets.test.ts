import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepSecret, keptSecret, readKept } from "./secrets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a secret", () => {
  it("is made up once and is the same at the next start", () => {
    const file = join(folder, "secrets", "token");
    const made = keptSecret(file);
    expect(made).toMatch(/^[\w-]{32}$/);
    expect(keptSecret(file)).toBe(made);
    expect(keptSecret(join(folder, "other"))).not.toBe(made);
  });

  it("can be read by its owner alone, even where the file was open before", () => {
    const file = join(folder, "token");
    writeFileSync(file, "old");
    chmodSync(file, 0o644);
    keepSecret(file, "new");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readKept(file)).toBe("new");
  });

  it("is nothing where there is no file", () => {
    expect(readKept(join(folder, "none"))).toBeNull();
  });
});
