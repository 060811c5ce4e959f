import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { ask, askJson, shakeHands } from "./ask.ts";
import { isLocalHost } from "./gather-edge.ts";

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const tcp = (serve: (socket: Socket) => void) =>
  listen(
    createServer((socket) => {
      socket.on("error", () => {});
      onTestFinished(() => void socket.destroy());
      serve(socket);
    }),
  );

const http = (status: number, body: string) =>
  listen(createHttpServer((_, response) => response.writeHead(status).end(body)));

/** A port that was given back: nobody listens there. */
async function shutPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("asking", () => {
  it("says in words that nobody is there, or that nobody answers", async () => {
    expect(await ask(`http://127.0.0.1:${await shutPort()}/`)).toMatchObject({
      ok: false,
      why: "the connection is refused",
    });
    const silent = await tcp(() => {});
    expect(await ask(`http://127.0.0.1:${silent}/`, {}, 200)).toMatchObject({ why: "no answer within 0.2 s" });
    expect(await ask(`http://127.0.0.1:${await tcp((socket) => void socket.destroy())}/`)).toMatchObject({ ok: false });
  });

  it("does not follow where it is led to, and takes no endless answer", async () => {
    const led = createHttpServer((_, response) => response.writeHead(301, { location: "http://127.0.0.1:1/" }).end());
    expect(await ask(`http://127.0.0.1:${await listen(led)}/`)).toMatchObject({ status: 301 });
    const endless = await tcp((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const more = () => void (socket.writable && socket.write(Buffer.alloc(1 << 20), more));
      more();
    });
    expect(await ask(`http://127.0.0.1:${endless}/`)).toMatchObject({ why: "Error: the answer is too long" });
  });

  it("tells an answer of another form from one that says no", async () => {
    const Form = z.object({ status: z.string() });
    const at = async (status: number, body: string) => `http://127.0.0.1:${await http(status, body)}/`;
    expect(await askJson(await at(200, "<html>"), Form)).toMatchObject({
      ok: false,
      why: expect.stringContaining("form"),
    });
    expect(await askJson(await at(503, '{"status":"unwell"}'), Form)).toMatchObject({ why: "it answered 503" });
    expect(await askJson(await at(503, '{"status":"unwell"}'), Form, {}, [503])).toMatchObject({ ok: true });
  });
});

describe("shaking hands by RTMP", () => {
  it("is content with a server that answers in its version", async () => {
    const rtmp = await tcp((socket) => socket.once("data", () => socket.write(Buffer.alloc(3073, 3))));
    expect(await shakeHands("127.0.0.1", rtmp)).toBeNull();
  });

  it("says why not when the port is shut, silent, or another service's", async () => {
    expect(await shakeHands("127.0.0.1", await shutPort())).toBe("the connection is refused");
    expect(await shakeHands("127.0.0.1", await tcp(() => {}), 200)).toBe("no answer within 0.2 s");
    expect(await shakeHands("127.0.0.1", await tcp((socket) => void socket.destroy()))).toMatch(/hung up|reset/i);
    expect(await shakeHands("127.0.0.1", await http(200, "hello"))).toContain("does not speak RTMP");
  });
});

describe("a local address", () => {
  it.each([
    "localhost",
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.9",
    "192.168.1.1",
    "[::1]",
    "[fd00::1]",
    "nas.local",
    "radio",
  ])("is %s", (host) => expect(isLocalHost(host)).toBe(true));
  it.each(["radio.example", "172.32.0.1", "8.8.8.8", "[2606:4700::1111]"])("is not %s", (host) =>
    expect(isLocalHost(host)).toBe(false),
  );
});
