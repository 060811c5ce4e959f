import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { vi } from "vitest";
import { z } from "zod";
import { STATION, type Stack } from "./stack.ts";

/** The demo station's library, as its admins work on it. */

const File = z.object({
  id: z.string(),
  state: z.string(),
  title: z.string(),
  reason: z.string().nullable(),
  preparation: z.object({ prepared: z.object({ sha256: z.string() }) }).nullable(),
});
export type MediaFile = z.infer<typeof File>;

const PREPARED_MS = 120_000;
const UPLOAD_MS = 10_000;
const SETTLED = ["in-review", "approved", "rejected"];

/** Path of something of the station in control's API. */
export const ofStation = (path: string) => `/api/v1/stations/${STATION}${path}`;

export async function upload(stack: Stack, bytes: Uint8Array<ArrayBuffer>, fileName: string, type: string) {
  const response = await fetch(`${stack.controlUrl}${ofStation("/media")}?fileName=${fileName}`, {
    method: "POST",
    body: bytes,
    headers: { authorization: `Bearer ${stack.adminToken}`, "content-type": type },
    signal: AbortSignal.timeout(UPLOAD_MS),
  });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return File.parse(await response.json());
}

/** Waits until a file was prepared, or rejected. */
export async function settled(stack: Stack, id: string): Promise<MediaFile> {
  const read = () => stack.api(File, "GET", ofStation(`/media/${id}`));
  return vi.waitFor(
    async () => {
      const file = await read();
      if (!SETTLED.includes(file.state)) throw new Error(`${file.title} is ${file.state}`);
      return file;
    },
    { timeout: PREPARED_MS, interval: 500 },
  );
}

export async function approve(stack: Stack, id: string): Promise<void> {
  await stack.api(File, "POST", ofStation(`/media/${id}/approve`), {});
}

/** Has the station play these files, one after the other, wherever nothing else is planned. */
export async function playInTurn(stack: Stack, media: readonly string[]): Promise<void> {
  const playlist = await stack.api(z.object({ id: z.string() }), "POST", ofStation("/playlists"), {
    name: "The library",
    order: "sequence",
  });
  await stack.api(z.unknown(), "PUT", ofStation(`/playlists/${playlist.id}/entries`), {
    entries: media.map((id) => ({ media: id })),
  });
  const rules = { playlist: playlist.id, artistSeparationMinutes: 0, titleSeparationMinutes: 0, crossfadeMs: 1000 };
  await stack.api(z.unknown(), "PUT", ofStation("/rules"), rules);
}

/** As s16le, 48 kHz, stereo. */
export async function decodeFlac(flac: Buffer): Promise<Buffer> {
  const decoding = promisify(execFile)(
    "ffmpeg",
    ["-v", "error", "-f", "flac", "-i", "pipe:0", "-f", "s16le", "-ac", "2", "-ar", "48000", "pipe:1"],
    { encoding: "buffer", maxBuffer: 1 << 27 },
  );
  decoding.child.stdin?.end(flac);
  return (await decoding).stdout;
}

/** Noise in FLAC, each seed its own, of which any second tells from which place of the file it is. */
export async function makeNoise(seed: number, seconds: number): Promise<Buffer<ArrayBuffer>> {
  const noise = `anoisesrc=color=pink:seed=${seed}:sample_rate=48000:duration=${seconds}:amplitude=0.3`;
  const options = ["-ac", "2", "-metadata", `title=Noise ${seed}`, "-f", "flac", "pipe:1"];
  const made = await promisify(execFile)("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", noise, ...options], {
    encoding: "buffer",
    maxBuffer: 1 << 27,
  });
  return Buffer.from(made.stdout);
}
