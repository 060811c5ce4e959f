import { describe, expect, it } from "vitest";
import { startChild } from "./child.ts";

describe("a child process", () => {
  it("tells its lines, whether they end with a line feed or a carriage return", async () => {
    const child = await startChild("sh", ["-c", "printf 'one\\rtwo\\nthree\\n' >&2"]);
    expect(await child.ended).toBe("exit 0");
    expect(child.lines.map((line) => line.text)).toEqual(["one", "two", "three"]);
  });

  it("ends when it is stopped, also when it does not listen to SIGTERM", async () => {
    const child = await startChild("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"]);
    await expect.poll(() => child.lines.length).toBe(1);
    expect(await child.stop(100)).toBe("SIGKILL");
    expect(child.running).toBe(false);
  });

  it("does not start when there is no such program", async () => {
    await expect(startChild("no-such-program", [])).rejects.toThrow("ENOENT");
  });
});
