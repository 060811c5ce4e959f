import { MAX_COVER_BYTES } from "../../contracts/jobs.ts";
import { describe, type Log } from "../../kit/log.ts";
import { FILE_OPTIONS, inputOf } from "../programme/decoder.ts";
import { runGuardedChild } from "./guarded-child.ts";
import { lastWords } from "./outcome.ts";
import type { Workbench } from "./workbench.ts";

const WITHIN_MS = 20_000;
const MAX_SIDE = 600;
const MAX_PIXELS = 40_000_000;
/** No SVG and nothing else that is a program rather than a picture. */
const PICTURES = "mjpeg,png,webp,bmp,gif,tiff";
const SCALE = `scale=w='min(iw,${MAX_SIDE})':h='min(ih,${MAX_SIDE})':force_original_aspect_ratio=decrease`;

/** The picture in stream `stream` as JPEG of at most 600 x 600; null where it cannot be had, which spoils no sound. */
export async function extractCover(
  path: string,
  stream: number,
  workbench: Workbench,
  log: Log,
): Promise<Buffer | null> {
  const args = [
    ...["-nostdin", "-threads", "1", ...FILE_OPTIONS, "-codec_whitelist", PICTURES, "-max_pixels", String(MAX_PIXELS)],
    ...["-i", inputOf(path), "-map", `0:${stream}`, "-frames:v", "1", "-filter_threads", "1"],
    ...["-vf", `${SCALE},format=yuvj420p`, "-map_metadata", "-1", "-c:v", "mjpeg", "-threads", "1", "-q:v", "3"],
    ...["-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", "image2pipe", "pipe:1"],
  ];
  try {
    const options = { ...workbench, withinMs: WITHIN_MS, maxBytes: MAX_COVER_BYTES };
    const { how, said, output } = await runGuardedChild(workbench.ffmpeg, args, options);
    if (how === "clean" && output.length > 0) return output;
    log.info("a file has a cover that cannot be read", { reason: lastWords(said, path) });
  } catch (thrown) {
    if (workbench.signal.aborted) throw thrown;
    log.info("a file has a cover that cannot be read", { reason: describe(thrown) });
  }
  return null;
}
