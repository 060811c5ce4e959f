import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ReelManifest } from "../../contracts/reel.ts";
import { runFfmpeg } from "../../origin/packager/fixtures/music.ts";
import { readSegment } from "../../origin/packager/fixtures/transport-stream-reader.ts";
import { cutPieces, segmentOfReel } from "../../worker/reel/reel.ts";
import { type ReelJob, setReel } from "./set.ts";

let folder: string;
let server: Server;
let job: ReelJob;
let asked: { method: string; path: string; body: Buffer }[];
let refuses: (path: string) => boolean;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "reel-"));
  asked = [];
  refuses = () => false;
  server = createServer(async (request, response) => {
    const { method = "", url = "" } = request;
    asked.push({ method, path: url, body: Buffer.concat(await request.toArray()) });
    if (request.headers.authorization !== "Bearer the-admin-token" || refuses(url))
      return response.writeHead(422).end();
    response.end(method === "GET" ? JSON.stringify({ slug: "demo", renditions: ["aac-48k", "aac-96k"] }) : "");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const file = join(folder, "-a tone.wav");
  await runFfmpeg("ffmpeg", ["-f", "lavfi", "-i", "sine=440:d=7", `file:${file}`]);
  const controlUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  job = { controlUrl, adminToken: "the-admin-token", station: "demo", title: "Please stand by", file };
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
  rmSync(folder, { recursive: true });
});

describe("making an audio file a station's reel", () => {
  it("stores an object for each rendition of the station, then the manifest that names them", async () => {
    expect((await setReel(job)).seconds).toBeCloseTo(6.4);
    const [read, ...stored] = asked;
    expect(read).toMatchObject({ method: "GET", path: "/api/v1/stations/demo" });
    const last = stored.pop();
    expect(last?.path).toBe("/api/v1/stations/demo/reel");
    const manifest = ReelManifest.parse(JSON.parse(last?.body.toString() ?? ""));
    expect(manifest.title).toBe("Please stand by");
    expect(stored.map(({ path }) => path.split("/").at(-1))).toEqual(
      Object.values(manifest.renditions).map(({ sha256 }) => sha256),
    );
    Object.values(manifest.renditions).forEach(({ sha256, pieces }, index) => {
      const body = stored[index]?.body ?? Buffer.alloc(0);
      expect(createHash("sha256").update(body).digest("hex")).toBe(sha256);
      const reel = { title: "", pieces: cutPieces(new Uint8Array(body).buffer, pieces) };
      const place = { number: 558_000_001, framesPerSegment: 150, counter: 4, advance: 9 };
      expect(readSegment(Buffer.from(segmentOfReel(reel, place))).counters.audio[0]).toBe(4);
    });
  });

  it("sets nothing when an object is refused", async () => {
    refuses = (path) => /\/reel\/[0-9a-f]{64}$/.test(path);
    await expect(setReel(job)).rejects.toThrow("control answered 422");
    expect(asked.some(({ path }) => path.endsWith("/reel"))).toBe(false);
  });

  it("says why a file is none that can be heard", async () => {
    await expect(setReel({ ...job, file: join(folder, "missing.wav") })).rejects.toThrow("No such file");
  });
});
