import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PREPARED_PART_BYTES } from "../../contracts/jobs.ts";
import { ControlError } from "../agent/control-client.ts";
import type { Prepared } from "./prepare-file.ts";
import { uploadPrepared } from "./upload.ts";

const folder = mkdtempSync(join(tmpdir(), "upload-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, "prepared.flac");
const content = randomBytes(2 * PREPARED_PART_BYTES + 5);
writeFileSync(path, content);
const sha256 = createHash("sha256").update(content).digest("hex");
const PREPARED: Prepared = {
  path,
  cover: Buffer.from("jpeg"),
  preparation: {
    prepared: { sha256, bytes: content.length, samples: 1 },
    loudness: { integrated: -16, truePeak: -1 },
    cue: { in: 0, next: 1, out: 1 },
    metadata: { title: "", artist: "", album: "", isrc: "", year: null },
    cover: { sha256: "0".repeat(64), bytes: 4 },
    peaks: [],
  },
};
const JOB = "4c5a1cf6-5b60-4c1c-8a0a-7a3a7f1f6a11";

/** Control that takes parts, fails as often as it is told to, and knows the file once it has all of it. */
function controlThat(fails: number) {
  const parts = new Map<number, Buffer>();
  let left = fails;
  return {
    parts,
    covers: [] as string[],
    async putPart(_job: string, part: number, body: Blob) {
      if (left-- > 0) throw new ControlError("unreachable", 503, "control answers 503");
      parts.set(part, Buffer.from(await body.arrayBuffer()));
    },
    async finish() {
      return Buffer.concat([...parts.values()]).equals(content);
    },
    async putCover(_job: string, _cover: Buffer, hash: string) {
      this.covers.push(hash);
    },
  };
}

const upload = (control: ReturnType<typeof controlThat>, shares: number[] = []) =>
  uploadPrepared(control, JOB, PREPARED, new AbortController().signal, (share) => shares.push(share));

describe("What was prepared", () => {
  it("is sent in parts of equal length, the last being what remains, with its cover", async () => {
    const control = controlThat(0);
    const shares: number[] = [];
    await upload(control, shares);
    expect([...control.parts].map(([part, { length }]) => [part, length])).toEqual([
      [1, PREPARED_PART_BYTES],
      [2, PREPARED_PART_BYTES],
      [3, 5],
    ]);
    expect(control.covers).toEqual(["0".repeat(64)]);
    expect(shares.at(-1)).toBe(1);
  });

  it("is sent again where a part did not arrive", async () => {
    const control = controlThat(2);
    await upload(control);
    expect(control.parts.size).toBe(3);
  });

  it("is handed back when control has got something else", async () => {
    const control = { ...controlThat(0), finish: async () => false };
    await expect(upload(control)).rejects.toThrow("not what control has got");
  });
});
