import type { RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { createAddressGuard, RelayRefused } from "./address.ts";
import { type Reached, reach } from "./reach.ts";
import { serveHttp, serveTcp, type TestServer } from "./test-servers.ts";

const servers: TestServer[] = [];
const abort = new AbortController();
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Names that the tests look up; all else is looked up as always. */
const NAMES: Record<string, string[]> = { "radio.example": ["127.0.0.1"], "metadata.example": ["169.254.169.254"] };
const resolveAll = async (host: string) => (NAMES[host] ?? [host]).map((address) => ({ address, family: 4 }));
/** Loopback may be reached, so that a test can play the far side; link-local may not. */
const guard = createAddressGuard(true, resolveAll);

async function serve(listener: RequestListener): Promise<string> {
  const server = await serveHttp(listener);
  servers.push(server);
  return `http://127.0.0.1:${server.port}`;
}

const reached = (url: string, guarded = guard): Promise<Reached> =>
  reach(new URL(url), { guard: guarded, signal: abort.signal });

/** A server with an answer for each path: a redirect where it begins with an arrow, else a body. */
const site = (answers: Record<string, string | { type: string; body: string }>) =>
  serve((request, response) => {
    const answer = answers[request.url ?? ""];
    if (answer === undefined) response.writeHead(404).end();
    else if (typeof answer === "string") response.writeHead(302, { location: answer }).end();
    else response.writeHead(200, { "content-type": answer.type }).end(answer.body);
  });
const sound = { type: "audio/mpeg", body: "sound" };
const m3u = (body: string) => ({ type: "audio/x-mpegurl", body });

describe("the way to a relay's sound", () => {
  it("follows redirects and playlists, also to other hosts and schemes", async () => {
    const other = await site({ "/sound": sound });
    const port = new URL(other).port;
    const here = await site({
      "/a": "/b",
      "/b": "/list.m3u",
      "/list.m3u": m3u(`#EXTM3U\nhttp://radio.example:${port}/sound\n`),
      "/pls": { type: "audio/x-scpls", body: "[playlist]\nFile1=rtmp://radio.example/live/one\n" },
    });
    const found = await reached(`${here}/a`);
    expect(found).toMatchObject({ kind: "audio", url: { href: `http://radio.example:${port}/sound` } });
    if (found.kind === "audio") found.answer.destroy();
    expect(await reached(`${here}/pls`)).toMatchObject({ kind: "other", url: { protocol: "rtmp:" } });
  });

  it("ends at an HLS playlist all of whose addresses may be fetched", async () => {
    const here = await site({ "/live.m3u8": m3u("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n") });
    expect(await reached(`${here}/live.m3u8`)).toMatchObject({ kind: "hls", url: { pathname: "/live.m3u8" } });
  });

  it("passes credentials to the host that they are for, and to no other", async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(200, { "content-type": "audio/mpeg" }).end();
    });
    const here = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: other }).end();
    });
    await reached(here.replace("//", "//ann:p%40ss@"));
    expect(seen).toEqual([`Basic ${btoa("ann:p@ss")}`, undefined]);
  });

  it("knows SHOUTcast's answer, which is no HTTP", async () => {
    const server = await serveTcp((socket) => {
      socket.once("data", () => {
        socket.write("IC");
        setTimeout(() => socket.end("Y 200 OK\r\nicy-metaint: 16\r\ncontent-type: audio/mpeg\r\n\r\nsound"), 20);
      });
    });
    servers.push(server);
    const found = await reached(`http://127.0.0.1:${server.port}/;`);
    if (found.kind !== "audio") throw new Error(found.kind);
    expect(found.answer.headers["icy-metaint"]).toBe("16");
    expect(await text(found.answer)).toBe("sound");
  });

  it("connects to the address that was looked at, whatever the name says a moment later", async () => {
    const here = await site({ "/": sound });
    let looks = 0;
    const rebinding = createAddressGuard(true, async () => {
      looks += 1;
      return [{ address: looks === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
    });
    const found = await reached(here.replace("127.0.0.1", "rebinding.example"), rebinding);
    expect([found.kind, looks]).toEqual(["audio", 1]);
    if (found.kind === "audio") found.answer.destroy();
  });

  it.each<[string, string | { type: string; body: string }]>([
    ["a redirect to a metadata service", "http://169.254.169.254/latest/meta-data/"],
    ["a redirect to a name that is one", "http://metadata.example/"],
    ["a redirect to a file", "file:///etc/passwd"],
    ["a redirect to another protocol", "gopher://radio.example/"],
    ["a list that names a metadata service", m3u("http://169.254.169.254/\n")],
    ["a list that names a file", m3u("file:///etc/passwd\n")],
    ["a PLS file that names a file", { type: "audio/x-scpls", body: "[playlist]\nFile1=file:///etc/passwd\n" }],
    ["HLS with a segment at a metadata service", m3u("#EXTM3U\n#EXT-X-VERSION:3\nhttp://169.254.169.254/1.ts\n")],
    ["HLS with a file as segment", m3u("#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n")],
    ["HLS with a file as key", m3u('#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="file:///etc/passwd"\n1.ts\n')],
    ["HLS with a segment over another protocol", m3u("#EXTM3U\n#EXT-X-VERSION:3\nrtmp://radio.example/1\n")],
    [
      "HLS with a variant at a metadata service",
      m3u("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://metadata.example/\n"),
    ],
    ["redirects without an end", "/a"],
  ])("is refused at %s", async (_title, answer) => {
    const here = await site({ "/a": answer });
    await expect(reached(`${here}/a`)).rejects.toThrow(RelayRefused);
  });

  it.each(["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/", "http://0x7f000001/"])(
    "is refused at once at %s where private addresses are not allowed",
    async (url) => {
      await expect(reached(url, createAddressGuard(false))).rejects.toThrow(RelayRefused);
    },
  );

  it("fails, without being refused, where there is no stream", async () => {
    const here = await site({ "/empty.m3u": m3u("#EXTM3U\n"), "/large.m3u": m3u("x".repeat(600_000)) });
    await expect(reached(`${here}/nothing?key=secret`)).rejects.toThrow(`${here}/nothing?key=*** answered 404`);
    await expect(reached(`${here}/empty.m3u`)).rejects.toThrow(/names no stream/);
    await expect(reached(`${here}/large.m3u`)).rejects.toThrow(/too large/);
  });
});
