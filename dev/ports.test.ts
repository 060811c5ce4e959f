import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { expectFreePorts, holderOf, isTaken } from "./ports.ts";

let server: Server | undefined;

async function occupy(): Promise<number> {
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function vacate(): Promise<void> {
  server?.close();
  if (server?.listening) await once(server, "close");
  server = undefined;
}

afterEach(vacate);

describe("a port", () => {
  it("counts as taken while somebody listens on it, also on loopback alone", async () => {
    const port = await occupy();
    expect(await isTaken(port)).toBe(true);
    await vacate();
    expect(await isTaken(port)).toBe(false);
  });

  it("tells who listens on it", async () => {
    expect(await holderOf(await occupy())).toMatch(new RegExp(`^pid ${process.pid} \\(.*node`));
  });

  it("tells nobody when nobody listens on it", async () => {
    const port = await occupy();
    await vacate();
    expect(await holderOf(port)).toBeNull();
  });

  it("stops the start with its number, its purpose and its holder", async () => {
    const port = await occupy();
    await expect(expectFreePorts([{ port, purpose: "the edge (EDGE_PORT)" }])).rejects.toThrow(
      `port ${port} for the edge (EDGE_PORT) is taken by pid ${process.pid}`,
    );
    await vacate();
    await expectFreePorts([{ port, purpose: "the edge (EDGE_PORT)" }]);
  });
});
