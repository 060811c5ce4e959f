import { accessSync, chmodSync, constants, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

export type Ffmpeg = {
  ffmpeg: string;
  ffprobe: string;
  /** Where they were found. `npm` is the fallback for trying out: an old build, not fit for untrusted input. */
  from: "FFMPEG_PATH" | "PATH" | "npm";
};

export class FfmpegMissingError extends Error {
  override name = "FfmpegMissingError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The ffmpeg and ffprobe to use: `FFMPEG_PATH` (with `FFPROBE_PATH`, or ffprobe beside it), else the ones on PATH, else
 * those shipped inside an npm package. Throws FfmpegMissingError, which says what to do.
 */
export function findFfmpeg(environment: Environment): Ffmpeg {
  return fromSetting(environment) ?? fromPath(environment) ?? fromNpm() ?? missing();
}

function fromSetting({ FFMPEG_PATH: ffmpeg, FFPROBE_PATH: named }: Environment): Ffmpeg | null {
  if (ffmpeg === undefined || ffmpeg === "") return null;
  const ffprobe = named === undefined || named === "" ? join(dirname(ffmpeg), "ffprobe") : named;
  for (const [setting, path] of [
    ["FFMPEG_PATH", ffmpeg],
    ["FFPROBE_PATH", ffprobe],
  ] as const) {
    if (!isExecutable(path))
      throw new FfmpegMissingError(`${setting}: ${path} is not an executable file; correct or unset it`);
  }
  return { ffmpeg, ffprobe, from: "FFMPEG_PATH" };
}

function fromPath({ PATH = "" }: Environment): Ffmpeg | null {
  const folders = PATH.split(delimiter).filter((folder) => folder !== "");
  const find = (name: string) => folders.map((folder) => join(folder, name)).find(isExecutable);
  const ffmpeg = find("ffmpeg");
  const ffprobe = find("ffprobe");
  return ffmpeg === undefined || ffprobe === undefined ? null : { ffmpeg, ffprobe, from: "PATH" };
}

function fromNpm(): Ffmpeg | null {
  const platform = `${process.platform}-${process.arch}`;
  const ffmpeg = shipped(`@ffmpeg-installer/${platform}`, "ffmpeg");
  const ffprobe = shipped(`@ffprobe-installer/${platform}`, "ffprobe");
  return ffmpeg === null || ffprobe === null ? null : { ffmpeg, ffprobe, from: "npm" };
}

function shipped(packageName: string, binary: string): string | null {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), binary);
    // npm unpacks ffprobe executable for its owner only when install scripts are off.
    if (!isExecutable(path)) chmodSync(path, 0o755);
    return path;
  } catch {
    return null;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function missing(): never {
  throw new FfmpegMissingError(
    "no ffmpeg found: install it (Debian: apt-get install ffmpeg), or set FFMPEG_PATH, or run npm install without --omit=optional",
  );
}
