import { afterEach, describe, expect, it } from "vitest";
import { createAddressGuard, RelayRefused } from "./address.ts";
import { openRelay, type RelayEnd } from "./relay-stream.ts";
import { BINARIES } from "./test-radio.ts";
import { serveHttp, serveTcp, type TestServer } from "./test-servers.ts";

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Loopback may be reached, so that a test can play the far side; link-local may not. */
const guard = createAddressGuard(true);
const MASTER = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=128000\nvariant.m3u8\n";

async function serve(answers: Record<string, string>): Promise<string> {
  const server = await serveHttp((request, response) => {
    const body = answers[request.url ?? ""];
    if (body?.startsWith("->")) response.writeHead(302, { location: body.slice(2) }).end();
    else response.writeHead(body === undefined ? 404 : 200, { "content-type": "audio/x-mpegurl" }).end(body);
  });
  servers.push(server);
  return `http://127.0.0.1:${server.port}`;
}

async function endOf(url: string, guarded = guard): Promise<RelayEnd> {
  const stream = await openRelay(url, { ffmpeg: BINARIES.ffmpeg, guard: guarded }, AbortSignal.timeout(20_000));
  stream.pcm.resume();
  return stream.ended;
}

describe("what ffmpeg finds on its own", () => {
  const variant = (segment: string) =>
    `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:1\n#EXTINF:4,\n${segment}\n`;

  it.each([
    ["a segment at a metadata service", variant("http://169.254.169.254/latest/meta-data/1.ts"), /169\.254\.169\.254/],
    ["a redirect to a metadata service", "->http://169.254.169.254/latest/meta-data/", /169\.254\.169\.254/],
    ["an encrypted connection to a metadata service", variant("https://169.254.169.254/1.ts"), /169\.254\.169\.254/],
    ["a file as segment", variant("file:///etc/passwd"), /passwd/],
    ["a file as key", variant('#EXT-X-KEY:METHOD=AES-128,URI="file:///etc/passwd"\n1.ts'), /passwd/],
    ["a list of files as segment", variant("concat:/etc/passwd|/etc/group"), /passwd/],
  ])("in an inner HLS playlist is refused when it is %s", async (_title, inner, reason) => {
    const url = await serve({ "/live.m3u8": MASTER, "/variant.m3u8": inner });
    const end = await endOf(`${url}/live.m3u8`);
    expect(end).toEqual({ reason: expect.stringMatching(reason), isRefused: true });
  });

  it("is refused when an RTSP server sends it elsewhere", async () => {
    const server = await serveTcp((socket) => {
      socket.on("data", (request) => {
        const sequence = /CSeq: (\d+)/.exec(request.toString())?.[1];
        const isDescribe = request.toString().startsWith("DESCRIBE");
        socket.write(
          isDescribe
            ? `RTSP/1.0 302 Moved\r\nCSeq: ${sequence}\r\nLocation: rtsp://127.0.0.1:1/one\r\n\r\n`
            : `RTSP/1.0 200 OK\r\nCSeq: ${sequence}\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n`,
        );
      });
    });
    servers.push(server);
    expect(await endOf(`rtsp://127.0.0.1:${server.port}/one`)).toEqual({
      reason: "the server redirects to another address",
      isRefused: true,
    });
  });
});

describe("a relay", () => {
  it.each(["rtmp", "rtsp", "mmst"])("over %s is refused before ffmpeg is started", async (scheme) => {
    await expect(endOf(`${scheme}://localhost/live/one`, createAddressGuard(false))).rejects.toThrow(RelayRefused);
  });

  it("over mmsh is refused by the proxy", async () => {
    const end = await endOf("mmsh://127.0.0.1:1/one", createAddressGuard(false));
    expect(end).toMatchObject({ isRefused: true, reason: expect.stringContaining("127.0.0.1") });
  });

  it.each(["rtmp", "rtsp", "mmst", "mmsh"])("over %s to a closed port fails, and is not refused", async (scheme) => {
    const end = await endOf(`${scheme}://ann:secret@127.0.0.1:1/live/one?token=secret`);
    expect(end).toMatchObject({ isRefused: false });
    expect(end.reason).not.toContain("secret");
  });

  it("that is no sound says so", async () => {
    const server = await serveHttp((_, response) => {
      response.writeHead(200, { "content-type": "audio/mpeg" }).end("<html>not found</html>".repeat(100));
    });
    servers.push(server);
    expect(await endOf(`http://127.0.0.1:${server.port}/`)).toMatchObject({
      isRefused: false,
      reason: expect.stringMatching(/Invalid data/),
    });
  });
});
