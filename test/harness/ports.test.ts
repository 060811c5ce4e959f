import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { boundPorts, claimPorts } from "./ports.ts";

describe("claimed ports", () => {
  it("do not overlap between two claims", async () => {
    const [one, two] = await Promise.all([claimPorts(10), claimPorts(10)]);
    expect(Math.abs(one.first - two.first)).toBeGreaterThanOrEqual(10);
    await Promise.all([one.release(), two.release()]);
  });

  it("leave out a block in which one is taken, and name the one that is", async () => {
    const claim = await claimPorts(3);
    const server = createServer().listen(claim.first + 1, "127.0.0.1");
    await expect.poll(() => server.listening).toBe(true);
    await claim.release();
    expect(await boundPorts([claim.first, claim.first + 1, claim.first + 2])).toEqual([claim.first + 1]);
    const other = await claimPorts(3);
    expect(other.first).not.toBe(claim.first);
    await other.release();
    server.close();
  });
});
