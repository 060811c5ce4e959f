import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startTestIngest } from "../../ingest/fixtures/test-ingest.ts";
import { encodeAacFrame, encodeAacHeader, encodeFlvTag, FLV_AUDIO_HEADER } from "../../ingest/flv.ts";
import { probeDescriptors } from "./descriptors.ts";
import { probeDisk, repairDisk } from "./disk.ts";
import { probeMemory } from "./memory.ts";
import { probeRtmp } from "./rtmp.ts";
import { probeSource } from "./source.ts";

async function folder(files: Record<string, string> = {}): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "radio-probe-"));
  onTestFinished(() => rm(made, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(made, name, ".."), { recursive: true });
    await writeFile(join(made, name), text);
  }
  return made;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe("The look at the disk", () => {
  it("finds one that takes what is written, and leaves nothing there", async () => {
    const data = await folder();
    const disk = await probeDisk(data);
    expect(disk.problem).toBeNull();
    expect(disk.freeBytes).toBeGreaterThan(0);
    expect(await readdir(data)).toEqual([]);
  });

  it("says why it does not, and a folder that is gone can be made anew", async () => {
    const gone = join(await folder(), "gone");
    expect((await probeDisk(gone)).problem).toMatch(/ENOENT/);
    await repairDisk(gone);
    expect((await probeDisk(gone)).problem).toBeNull();
  });

  it("knows one that cannot be written", async () => {
    expect((await probeDisk("/proc")).problem).toMatch(/Error/);
  });
});

describe("The look at the memory", () => {
  const stat = (name: string) => `cache 999999\n${name} 4096\nfile 888888\n`;

  it("understands both versions of cgroups, and does not count the page cache", async () => {
    const second = await folder({ "memory.max": "134217728\n", "memory.stat": stat("anon") });
    expect(await probeMemory(second)).toEqual({ usedBytes: 4096, limitBytes: 134217728 });
    const first = await folder({
      "memory/memory.limit_in_bytes": "134217728\n",
      "memory/memory.stat": stat("total_rss"),
    });
    expect(await probeMemory(first)).toEqual({ usedBytes: 4096, limitBytes: 134217728 });
  });

  it.each([
    ["there is no cgroup", {}],
    ["it sets none", { "memory.max": "max\n", "memory.stat": stat("anon") }],
    [
      "it allows more than there is",
      { "memory/memory.limit_in_bytes": "9223372036854771712\n", "memory/memory.stat": stat("total_rss") },
    ],
  ])("knows no limit where %s", async (_, files) => {
    expect(await probeMemory(await folder(files))).toEqual({ usedBytes: 0, limitBytes: null });
  });
});

describe("The look at the file descriptors", () => {
  it("counts those of this process", async () => {
    const before = await probeDescriptors();
    expect(before.limit).toBeGreaterThan(0);
    const servers = await Promise.all([1, 2, 3, 4, 5].map(() => listening(createServer())));
    expect((await probeDescriptors()).used).toBeGreaterThanOrEqual(before.used + servers.length);
  });
});

describe("The look at the RTMP port", () => {
  it("finds an ingest, also one that was opened anew", async () => {
    const ingest = await startTestIngest();
    onTestFinished(() => ingest.close());
    expect(await probeRtmp("127.0.0.1", ingest.port)).toBe(true);
    await ingest.reopen();
    expect(await probeRtmp("0.0.0.0", ingest.port)).toBe(true);
  });

  it("counts a full house as open", async () => {
    const ingest = await startTestIngest({ connections: 0 });
    onTestFinished(() => ingest.close());
    expect(await probeRtmp("127.0.0.1", ingest.port)).toBe(true);
  });

  it("does not take for an ingest what nobody listens at, or what never answers", async () => {
    const server = createServer();
    const port = await listening(server);
    expect(await probeRtmp("127.0.0.1", port)).toBe(false);
    server.close();
    expect(await probeRtmp("127.0.0.1", port)).toBe(false);
  });
});

describe("The look at the source", () => {
  const header = encodeFlvTag({ type: 8, timestamp: 0, payload: encodeAacHeader(Buffer.from([0x11, 0x90])) });
  const frame = encodeFlvTag({ type: 8, timestamp: 0, payload: encodeAacFrame(Buffer.from([1, 2, 3])) });

  const studio = async (status: number, chunks: Buffer[], ends: boolean) => {
    const server = createHttpServer((_request, response) => {
      response.writeHead(status);
      for (const chunk of chunks) response.write(chunk);
      if (ends) response.end();
    });
    return `http://127.0.0.1:${await listening(server)}/radiodream/demo.flv`;
  };

  it("is content with the first frame of a stream that never ends", async () => {
    expect(await probeSource(await studio(200, [FLV_AUDIO_HEADER, header, frame], false))).toBeNull();
  });

  it.each<[string, number, Buffer[], boolean, RegExp]>([
    ["a studio that is off the air", 404, [], true, /answered 404/],
    [
      "a studio that keeps its cached header and sends no frame",
      200,
      [FLV_AUDIO_HEADER, header],
      false,
      /longer than 3000 ms/,
    ],
    ["a stream that ends before its first frame", 200, [FLV_AUDIO_HEADER], true, /no audio/],
    ["what is no FLV", 200, [Buffer.alloc(100, 7)], true, /cannot be pulled/],
  ])("names %s", async (_, status, chunks, ends, reason) => {
    expect(await probeSource(await studio(status, chunks, ends))).toMatch(reason);
  });
});
