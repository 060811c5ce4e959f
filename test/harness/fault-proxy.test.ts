import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

const BODY = Buffer.alloc(100_000, 7);
let server: Server;
let proxy: FaultProxy;
let url: string;

beforeEach(async () => {
  server = createServer((_, response) => response.end(BODY)).listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await startFaultProxy({ port: (server.address() as AddressInfo).port });
  url = `http://127.0.0.1:${proxy.port}/`;
});
afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  server.close();
});

const load = (signal?: AbortSignal) =>
  fetch(url, { headers: { connection: "close" }, ...(signal ? { signal } : {}) }).then((r) => r.arrayBuffer());

describe("the fault proxy", () => {
  it("passes everything on while there is no fault", async () => {
    expect(Buffer.from(await load()).equals(BODY)).toBe(true);
  });

  it("refuses, and serves again when told to", async () => {
    proxy.set({ kind: "refuse" });
    await expect(load()).rejects.toThrow("fetch failed");
    proxy.set({ kind: "none" });
    expect((await load()).byteLength).toBe(BODY.length);
  });

  it("hangs until told otherwise, and then goes on", async () => {
    proxy.set({ kind: "hang" });
    await expect(load(AbortSignal.timeout(200))).rejects.toThrow("timeout");
    const waiting = load();
    proxy.set({ kind: "none" });
    expect((await waiting).byteLength).toBe(BODY.length);
  });

  it("slows down to the given rate", async () => {
    proxy.set({ kind: "slow", bytesPerSecond: 200_000 });
    const began = performance.now();
    await load();
    expect(performance.now() - began).toBeGreaterThan(350);
  });

  it("cuts the answer in its middle", async () => {
    proxy.set({ kind: "cut", afterBytes: 50_000 });
    await expect(load()).rejects.toThrow();
  });

  it("holds bytes back and passes them on in bursts", async () => {
    proxy.set({ kind: "bursts", everyMs: 300 });
    await load();
    const sinceBurst = Date.now() % 300;
    expect(sinceBurst).toBeLessThan(200);
  });
});
