import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { BLANK_MEMORY, recall, remember } from "./node-memory.ts";

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "node-memory-"));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

describe("A node's memory", () => {
  it("is blank on a new node, which is no problem", async () => {
    expect(await recall(await folder())).toEqual({ memory: BLANK_MEMORY, problem: null });
  });

  it("comes back as it was written, and only the node's user may read it", async () => {
    const at = await folder();
    const memory = { token: "rdo_secret", desired: null, generations: { demo: 7 } };
    await remember(at, memory);
    expect(await recall(at)).toEqual({ memory, problem: null });
    expect((await stat(join(at, "node.json"))).mode & 0o777).toBe(0o600);
    expect(await readdir(at)).toEqual(["node.json"]);
  });

  it("is blank, with the problem said, when the file is broken", async () => {
    const at = await folder();
    await writeFile(join(at, "node.json"), '{"token": 5');
    const { memory, problem } = await recall(at);
    expect(memory).toEqual(BLANK_MEMORY);
    expect(problem).toContain("not valid");
  });
});
