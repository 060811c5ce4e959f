import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAddressGuard, type RelayRefused } from "./address.ts";
import { startGuardedProxy } from "./guarded-proxy.ts";
import { startGuardedTunnel } from "./guarded-tunnel.ts";
import { serveHttp, serveTcp, type TestServer } from "./test-servers.ts";

const guard = createAddressGuard(true, async (host) => [
  { address: host === "metadata.example" ? "169.254.169.254" : "127.0.0.1", family: 4 },
]);

let refusals: RelayRefused[] = [];
let ends: { close(): Promise<void> }[] = [];
beforeEach(() => {
  refusals = [];
});
afterEach(async () => {
  for (const end of ends.reverse()) await end.close();
  ends = [];
});

function own<Closable extends { close(): Promise<void> }>(end: Closable): Closable {
  ends.push(end);
  return end;
}
const startProxy = async () => Number(new URL(own(await startGuardedProxy(guard, (r) => refusals.push(r))).url).port);

/** One request to a proxy, as ffmpeg makes it. */
function ask(port: number, path: string): Promise<{ status: number; body: string; location?: string | undefined }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: "127.0.0.1", path, headers: { "proxy-connection": "close" } }, (answer) => {
      const { statusCode: status = 0, headers } = answer;
      text(answer).then((body) => resolve({ status, body, location: headers.location }), reject);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** What comes back for one line on a fresh connection, until the far side ends it. */
function say(port: number, line: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.write(line);
  return text(socket);
}

describe("the proxy for ffmpeg", () => {
  let server: TestServer;
  let port = 0;
  beforeEach(async () => {
    server = own(
      await serveHttp((incoming, answer) => {
        if (incoming.url === "/away") answer.writeHead(302, { location: "http://metadata.example/" }).end();
        else answer.end(`${incoming.headers.host} ${incoming.url} ${incoming.headers["proxy-connection"] ?? "-"}`);
      }),
    );
    port = await startProxy();
  });

  it("fetches from the address that the guard gave, under the name that was asked for", async () => {
    const { status, body } = await ask(port, `http://radio.example:${server.port}/one?a=b`);
    expect([status, body]).toEqual([200, `radio.example:${server.port} /one?a=b -`]);
    expect(refusals).toEqual([]);
  });

  it("leaves redirects to ffmpeg, which asks again, and refuses where they lead", async () => {
    const { status, location } = await ask(port, `http://radio.example:${server.port}/away`);
    expect(status).toBe(302);
    expect((await ask(port, `${location}`)).status).toBe(403);
    expect(refusals.map(({ message }) => message)).toEqual([expect.stringContaining("metadata.example")]);
  });

  it("tunnels what is encrypted, to addresses that are allowed alone", async () => {
    const echo = own(await serveTcp((socket) => socket.once("data", (chunk) => socket.end(chunk))));
    const answer = await say(port, `CONNECT radio.example:${echo.port} HTTP/1.1\r\nHost: a\r\n\r\nhello`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nhello$/);
    expect(await say(port, "CONNECT metadata.example:443 HTTP/1.1\r\nHost: a\r\n\r\n")).toMatch(/^HTTP\/1\.1 403 /);
    expect(refusals).toHaveLength(1);
  });

  it("answers and lives on when the far side is gone, and when it is spoken to in another way", async () => {
    await server.close();
    await expect(ask(port, `http://radio.example:${server.port}/`)).rejects.toThrow();
    expect((await ask(port, "/etc/passwd")).status).toBe(400);
    expect((await ask(port, "ftp://radio.example/")).status).toBe(400);
    expect(await say(port, "CONNECT :::: HTTP/1.1\r\nHost: a\r\n\r\n")).toMatch(/403/);
  });
});

describe("the tunnel to an RTSP server", () => {
  const startTunnel = async (answer: (string | Buffer)[]) => {
    const server = own(
      await serveTcp((socket) => {
        socket.once("data", async () => {
          for (const part of answer) {
            socket.write(part);
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
          socket.end();
        });
      }),
    );
    const to = { host: "127.0.0.1", port: server.port };
    return own(await startGuardedTunnel(to, (refusal) => refusals.push(refusal))).port;
  };

  it("passes on what both say", async () => {
    const port = await startTunnel(["RTSP/1.0 200 OK\r\n\r\n", Buffer.from([0x24, 0, 0, 1, 9])]);
    expect(await say(port, "OPTIONS * RTSP/1.0\r\n\r\n")).toBe("RTSP/1.0 200 OK\r\n\r\n$\0\0\u0001\t");
    expect(refusals).toEqual([]);
  });

  it("is cut when the server sends ffmpeg elsewhere, however the answer was cut", async () => {
    const port = await startTunnel([
      "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\nRTSP/1.",
      "0 302 Moved\r\nLocation: rtsp://10.0.0.1/\r\n\r\n",
    ]);
    const heard = await say(port, "DESCRIBE * RTSP/1.0\r\n\r\n").catch(() => "");
    expect(heard).not.toContain("10.0.0.1");
    expect(refusals.map(({ message }) => message)).toEqual(["the server redirects to another address"]);
  });
});
