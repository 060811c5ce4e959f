import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createControlClient } from "./control-client.ts";

let server: Server | undefined;
afterEach(() => server?.closeAllConnections());
afterEach(() => server?.close());

async function controlThat(answers: RequestListener, timeoutMs = 2000) {
  server = createServer(answers);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return createControlClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { timeoutMs });
}

const heartbeat = {
  instance: "3f0f8d5e-4c55-4a7e-9a53-1d2f4a5b6c7d",
  now: 5,
  rung: "well",
  stations: [],
  incidents: [],
};
const desired = { origin: "origin-1", now: 1, stations: [] };

describe("The tie to control", () => {
  it("sends the heartbeat with the node's token and reads the desired state", async () => {
    const seen: unknown[] = [];
    const client = await controlThat(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      seen.push(
        request.method,
        request.url,
        request.headers.authorization,
        JSON.parse(Buffer.concat(chunks).toString()),
      );
      response.end(JSON.stringify({ desired }));
    });
    expect(await client.heartbeat("rdo_t", "origin-1", heartbeat)).toEqual({ desired });
    expect(seen).toEqual(["POST", "/api/v1/origins/origin-1/heartbeat", "Bearer rdo_t", heartbeat]);
  });

  it.each([
    [401, "refused"],
    [409, "refused"],
    [500, "unreachable"],
    [429, "unreachable"],
  ])("takes status %i for %s, and says control's reason", async (status, kind) => {
    const client = await controlThat((_, response) => {
      response.writeHead(status).end(JSON.stringify({ error: { code: "x", message: "because" } }));
    });
    await expect(client.heartbeat("t", "origin-1", heartbeat)).rejects.toMatchObject({ kind, status });
    if (kind === "refused") await expect(client.heartbeat("t", "origin-1", heartbeat)).rejects.toThrow("because");
  });

  it("takes an answer that is not valid for no answer", async () => {
    const client = await controlThat((_, response) => response.end('{"desired": {"stations": 5}}'));
    await expect(client.heartbeat("t", "origin-1", heartbeat)).rejects.toMatchObject({ kind: "unreachable" });
  });

  it("gives up on a control that hangs", async () => {
    const client = await controlThat(() => {}, 100);
    await expect(client.heartbeat("t", "origin-1", heartbeat)).rejects.toMatchObject({
      kind: "unreachable",
      status: null,
    });
  });

  it("gives up on a control that refuses connections", async () => {
    const client = createControlClient("http://127.0.0.1:1", { timeoutMs: 1000 });
    await expect(client.heartbeat("t", "origin-1", heartbeat)).rejects.toMatchObject({ kind: "unreachable" });
  });
});
