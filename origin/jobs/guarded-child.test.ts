import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { endingOf, runGuardedChild, startGuardedChild } from "./guarded-child.ts";

const LIMITS = { memory: 64 << 20, fileBytes: 1 << 20 };
const OPTIONS = { limits: LIMITS, withinMs: 20_000, maxBytes: 1000, signal: new AbortController().signal };

const folder = mkdtempSync(join(tmpdir(), "guarded-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("A guarded child", () => {
  it("gives what it wrote, and how it ended", async () => {
    const ended = await runGuardedChild("sh", ["-c", "echo out; echo words >&2; exit 1"], OPTIONS);
    expect(ended).toEqual({ how: "failed", said: "words", output: Buffer.from("out\n") });
  });

  it("gets its arguments as they are: no shell reads them", async () => {
    const { output } = await runGuardedChild("printf", ["%s|%s", "$(id) `id`", "; exit 1 'x"], OPTIONS);
    expect(output.toString()).toBe("$(id) `id`|; exit 1 'x");
  });

  it("does not get more memory than it may have", async () => {
    const grab = ["if=/dev/zero", "of=/dev/null", "count=1"];
    expect((await runGuardedChild("dd", [...grab, "bs=16M"], OPTIONS)).how).toBe("clean");
    expect((await runGuardedChild("dd", [...grab, "bs=96M"], OPTIONS)).how).not.toBe("clean");
  });

  it("does not write a longer file than it may", async () => {
    const file = join(folder, "zeros");
    const ended = await runGuardedChild("dd", ["if=/dev/zero", `of=${file}`, "bs=64k", "count=100"], OPTIONS);
    expect(ended.how).toBe("broken");
    expect(statSync(file).size).toBe(LIMITS.fileBytes);
  });

  it("leaves the processor to everybody else", async () => {
    const { output } = await runGuardedChild("nice", [], OPTIONS);
    expect(Number(output.toString())).toBeGreaterThanOrEqual(10);
  });

  it("fails when it says more than anybody wants to hear", async () => {
    expect(await runGuardedChild("yes", [], OPTIONS)).toMatchObject({ how: "failed", output: Buffer.alloc(0) });
  });

  it("is gone when its time is up, and when nobody wants it any more", async () => {
    await expect(runGuardedChild("sleep", ["60"], { ...OPTIONS, withinMs: 50 })).rejects.toThrow("took longer");
    const abort = new AbortController();
    const unwanted = runGuardedChild("sleep", ["60"], { ...OPTIONS, signal: abort.signal });
    abort.abort(new Error("lost"));
    await expect(unwanted).rejects.toThrow("lost");
    await expect(runGuardedChild("sleep", ["60"], { ...OPTIONS, signal: abort.signal })).rejects.toThrow("lost");
  });

  it("is one process, that ends when it is told to", async () => {
    const child = startGuardedChild("sleep", ["60"], LIMITS);
    await child.stop();
    expect(endingOf(await child.ended)).toEqual({ how: "broken", said: "was ended by SIGTERM" });
  });
});

describe("The end of a child", () => {
  it.each([
    ["exited with code 0", "clean", ""],
    ["exited with code 0: but\nsaid", "clean", "but\nsaid"],
    ["exited with code 1: bad data", "failed", "bad data"],
    ["exited with code 1: Cannot allocate memory", "broken", "Cannot allocate memory"],
    ["exited with code 69: too many errors", "failed", "too many errors"],
    ["exited with code 127: not found", "broken", "not found"],
    ["was ended by SIGSEGV: x", "broken", "was ended by SIGSEGV: x"],
    ["spawn /x ENOENT", "broken", "spawn /x ENOENT"],
  ])("is read from %j", (ended, how, said) => {
    expect(endingOf(ended)).toEqual({ how, said });
  });
});
