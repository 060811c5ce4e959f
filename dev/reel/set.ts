import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { bitrateOf, RenditionName } from "../../contracts/names.ts";
import { MAX_REEL_BYTES } from "../../contracts/reel.ts";
import { splitAdts } from "../../origin/packager/fixtures/transport-stream-reader.ts";
import { packReel } from "./pack-reel.ts";

/** Makes an audio file the reel of a station, through the control API. Needs ffmpeg on the PATH. */

const REQUEST_LIMIT_MS = 20_000;
const ENCODE_LIMIT_MS = 120_000;
/** What transport stream adds to AAC at most, and the encoder to its bit rate. */
const OVERHEAD = 1.2;

export type ReelJob = { controlUrl: string; adminToken: string; station: string; title: string; file: string };

/** Encodes the beginning of the file in every rendition of the station, at most as much as a reel may hold, and sets it. */
export async function setReel(job: ReelJob): Promise<{ seconds: number }> {
  const address = `${job.controlUrl}/api/v1/stations/${job.station}`;
  const { renditions } = z.object({ renditions: z.array(RenditionName) }).parse(await ask(job, "GET", address));
  const seconds = Math.min(...renditions.map((name) => (MAX_REEL_BYTES * 8) / (bitrateOf(name) * OVERHEAD)));
  const frames = new Map<RenditionName, Buffer[]>();
  for (const rendition of renditions) frames.set(rendition, await encode(job.file, rendition, seconds));
  const { manifest, objects } = packReel(job.title, frames);
  for (const [sha256, object] of objects) {
    await ask(job, "PUT", `${address}/reel/${sha256}`, { type: "video/mp2t", body: new Uint8Array(object) });
  }
  await ask(job, "PUT", `${address}/reel`, { type: "application/json", body: JSON.stringify(manifest) });
  const pieces = Math.max(...Object.values(manifest.renditions).map((rendition) => rendition.pieces.length));
  return { seconds: pieces * 1.6 };
}

async function encode(file: string, rendition: RenditionName, seconds: number): Promise<Buffer[]> {
  const { stdout } = await promisify(execFile)(
    "ffmpeg",
    [
      ...["-v", "error", "-protocol_whitelist", "file,pipe", "-i", `file:${resolve(file)}`, "-t", seconds.toFixed(1)],
      ...[
        "-vn",
        "-ac",
        "2",
        "-ar",
        "48000",
        "-c:a",
        "aac",
        "-b:a",
        String(bitrateOf(rendition)),
        "-f",
        "adts",
        "pipe:1",
      ],
    ],
    { encoding: "buffer", maxBuffer: 2 * MAX_REEL_BYTES, timeout: ENCODE_LIMIT_MS },
  );
  return splitAdts(stdout);
}

async function ask(
  job: ReelJob,
  method: string,
  address: string,
  content?: { type: string; body: string | Uint8Array<ArrayBuffer> },
): Promise<unknown> {
  const answer = await fetch(address, {
    method,
    headers: {
      authorization: `Bearer ${job.adminToken}`,
      ...(content === undefined ? {} : { "content-type": content.type }),
    },
    ...(content === undefined ? {} : { body: content.body }),
    signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`control answered ${answer.status} to ${method} ${address}: ${text.slice(0, 500)}`);
  return text === "" ? null : JSON.parse(text);
}

if (import.meta.main) {
  const [, , station, file, title = "We will be right back"] = process.argv;
  const { CONTROL_URL: controlUrl = "http://127.0.0.1:8788", ADMIN_TOKEN: adminToken } = process.env;
  if (station === undefined || file === undefined || adminToken === undefined) {
    console.error("ADMIN_TOKEN=... [CONTROL_URL=...] npm run reel -- <station> <audio file> [title]");
    process.exitCode = 2;
  } else {
    // npm changes the folder; the file was named from where it was typed.
    const named = resolve(process.env.INIT_CWD ?? ".", file);
    const { seconds } = await setReel({ controlUrl, adminToken, station, title, file: named });
    console.log(`${station} has a reel of ${seconds.toFixed(1)} s now.`);
  }
}
