import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { expect, vi } from "vitest";
import { openWorkshop, type RelayServer, TONE } from "./server.ts";

/** A live HLS that ffmpeg makes, with segments of 2 s, behind a plain file server and a redirect. */
export async function startHls(port: number): Promise<RelayServer> {
  const workshop = await openWorkshop();
  const playlist = join(workshop.folder, "live.m3u8");
  const hls = ["-f", "hls", "-hls_time", "2", "-hls_list_size", "4", "-hls_flags", "delete_segments"];
  await workshop.run("ffmpeg", [...TONE, "-c:a", "aac", "-b:a", "128k", ...hls, playlist]);
  const server = createServer((request, response) => {
    if (request.url === "/one") return response.writeHead(302, { location: "/live.m3u8" }).end();
    const name = basename(request.url ?? "");
    return readFile(join(workshop.folder, name)).then(
      (bytes) => response.writeHead(200, { "content-type": typeOf(name) }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const segments = async () => (await readFile(playlist, "utf8")).match(/\.ts$/gm)?.length;
  await vi.waitFor(async () => expect(await segments()).toBeGreaterThanOrEqual(3), { timeout: 20_000 });
  return {
    url: `http://127.0.0.1:${port}/one`,
    async kill() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await workshop.kill();
    },
  };
}

const typeOf = (name: string) => (name.endsWith(".m3u8") ? "application/vnd.apple.mpegurl" : "video/mp2t");
