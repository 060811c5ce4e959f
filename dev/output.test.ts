import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createListener, inPlainWords, openLogFile } from "./output.ts";

describe("a process's line, in plain words", () => {
  const line = (fields: object) => JSON.stringify({ time: "2026-01-01T00:00:00.000Z", ...fields });

  it("is its message and what belongs to it", () => {
    expect(
      inPlainWords(
        "origin-1",
        line({ level: "warn", message: "refused", origin: "origin-1", reason: "bad key", bytes: 7 }),
      ),
    ).toBe("origin-1: refused, reason bad key, bytes 7");
  });

  it("is left out when it is for debugging, or empty", () => {
    expect(inPlainWords("origin-1", line({ level: "debug", message: "tick" }))).toBeNull();
    expect(inPlainWords("origin-1", "  ")).toBeNull();
  });

  it.each(["Error: it broke", "{ not JSON", '{"some":"object"}'])(
    "is passed on as it is when it is no log line: %s",
    (text) => {
      expect(inPlainWords("workers", text)).toBe(`workers: ${text}`);
    },
  );
});

describe("a log file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "output-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is put aside once it is full, so that two files are all there ever is", () => {
    const path = join(folder, "origin-1.log");
    const log = openLogFile(path, 20);
    for (let i = 0; i < 100; i++) log.write(`line number ${i}`);
    log.close();
    expect(readdirSync(folder).sort()).toEqual(["origin-1.log", "origin-1.log.old"]);
    expect(readFileSync(path, "utf8").length).toBeLessThan(60);
    expect(readFileSync(path, "utf8") + readFileSync(`${path}.old`, "utf8")).toContain("line number 99\n");
  });
});

describe("the listener", () => {
  it("passes nothing on before the station is on air, all after, nothing at the end", () => {
    const said: string[] = [];
    const listener = createListener((words) => said.push(words));
    listener.hear("one");
    listener.speakUp();
    listener.hear("two");
    listener.hush();
    listener.hear("three");
    expect(said).toEqual(["two"]);
  });

  it("tells the last it heard when the station never got on air", () => {
    const said: string[] = [];
    const listener = createListener((words) => said.push(words));
    for (let i = 1; i <= 50; i++) listener.hear(`line ${i}`);
    listener.tellMissed();
    expect(said.length).toBe(30);
    expect(said.at(-1)).toBe("line 50");
  });
});
