import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MAX_PREPARED_BYTES } from "../../contracts/jobs.ts";
import { systemClock } from "../../kit/clock.ts";
import { findFfmpeg } from "../process/ffmpeg.ts";
import { writeTone } from "../programme/test-rig.ts";
import { decodeToFlac } from "./decode-to-flac.ts";
import { MAX_CHILD_MEMORY } from "./limits.ts";
import { JobReturnedError } from "./outcome.ts";
import type { Workbench } from "./workbench.ts";

const folder = mkdtempSync(join(tmpdir(), "decode-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const target = join(folder, "prepared.flac");
const tone = join(folder, "- $(id) 'tone' %d.wav");
writeTone(tone, 440, 3);

const WORKBENCH: Workbench = {
  ...findFfmpeg(process.env),
  limits: { memory: MAX_CHILD_MEMORY, fileBytes: MAX_PREPARED_BYTES },
  clock: systemClock,
  signal: new AbortController().signal,
};

/** In place of ffmpeg. */
function program(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Total samples by the STREAMINFO block: RFC 9639, 8.2. */
const samplesIn = (flac: Buffer) => ((flac[21] ?? 0) & 0x0f) * 2 ** 32 + flac.readUInt32BE(22);

const decode = (workbench: Partial<Workbench>, bytes = 1e6) =>
  decodeToFlac({ path: tone, bytes }, target, { ...WORKBENCH, ...workbench }, () => {});

describe("Decoding a file", () => {
  it("writes FLAC as long as what it measured, whatever the file is called", async () => {
    const { curve, complaint } = await decode({});
    expect(curve.samples).toBe(3 * 48_000);
    expect(complaint).toBe("");
    expect(samplesIn(readFileSync(target))).toBe(curve.samples);
  });

  it("makes the same bytes of the same sound each time", async () => {
    await decode({});
    const once = readFileSync(target);
    await decode({});
    expect(readFileSync(target).equals(once)).toBe(true);
  });

  it("ends a decoder that hangs", async () => {
    let asked = 0;
    const clock = { ...systemClock, monotonic: () => (asked++ === 0 ? 0 : 61_000) };
    const hanging = decode({ ffmpeg: program("hangs", "exec sleep 600"), clock });
    await expect(hanging).rejects.toThrow(new JobReturnedError("Decoding came no further than 0 s."));
  });

  it("ends what unpacks without end", async () => {
    const endless = decode({ ffmpeg: program("endless", "exec cat /dev/zero") }, 1000);
    await expect(endless).rejects.toThrow("times its size");
  });

  it("hands the job back when the node has too little room for what comes out", async () => {
    const limits = { memory: MAX_CHILD_MEMORY, fileBytes: 8192 };
    await expect(decode({ limits })).rejects.toThrow(JobReturnedError);
    expect(statSync(target).size).toBeLessThanOrEqual(8192);
  });

  it("hands the job back when the decoder breaks down", async () => {
    await expect(decode({ ffmpeg: program("breaks", "kill -SEGV $$") })).rejects.toThrow(JobReturnedError);
  });

  it("ends at once when the work is of no use any more", async () => {
    const abort = new AbortController();
    const unwanted = decode({ ffmpeg: program("works", "exec sleep 600"), signal: abort.signal });
    abort.abort();
    await expect(unwanted).rejects.toThrow("broken off");
    await expect(decode({ signal: abort.signal })).rejects.toThrow();
  });
});
