import { inputOf } from "../programme/decoder.ts";
import { cleanText } from "./clean-text.ts";
import type { Ending } from "./guarded-child.ts";

/** Nobody can prepare this file. The message is for its editor. */
export class FileRejectedError extends Error {
  override name = "FileRejectedError";
}

/** This node cannot prepare the file now, which may say nothing about the file. */
export class JobReturnedError extends Error {
  override name = "JobReturnedError";
}

/** The error for a child that did not end cleanly: the file's fault where ffmpeg says so itself. */
export function rejectionFor(ending: Ending, what: string, path: string): Error {
  const reason = lastWords(ending.said, path);
  if (ending.how === "broken") return new JobReturnedError(`ffmpeg broke down: ${reason}`);
  return new FileRejectedError(reason === "" ? `${what}.` : `${what} (${reason}).`);
}

/** The last line, without the address of the file or of ffmpeg's parts, which tell an editor nothing. */
export function lastWords(said: string, path: string): string {
  const line = said.trim().split("\n").at(-1) ?? "";
  return cleanText(line.replaceAll(`${inputOf(path)}: `, "").replace(/^\[[^\]]*\] /, ""), 200);
}
