import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FILE_OPTIONS } from "./programme/decoder.ts";
import { limiterFor } from "./programme/rundown/limiter.ts";
import { READ_PIPE, readHls, readMms, readRtmp, readRtsp } from "./relay/ffmpeg-input.ts";

const configure = readFileSync(join(import.meta.dirname, "ffmpeg.configure"), "utf8");
const enabled = (what: string) =>
  [...configure.matchAll(new RegExp(`^--enable-${what}=(.*)$`, "gm"))].flatMap(([, names = ""]) => names.split(","));
const listed = (option: string, args: readonly string[]) => args[args.indexOf(option) + 1]?.split(",") ?? [];

const url = (scheme: string) => new URL(`${scheme}://radio.example/live`);
const INPUTS: [string, readonly string[]][] = [
  ["files", FILE_OPTIONS],
  ["HTTP", READ_PIPE],
  ["HLS", readHls(url("https"))],
  ["RTMP", readRtmp(url("rtmp"), "radio.example")],
  ["RTSP", readRtsp(url("rtsp"))],
  ["MMS over HTTP", readMms(url("mmsh"))],
  ["MMS over TCP", readMms(url("mmst"))],
];
/** Of a demuxer with several names, those beside the first. */
const OTHER_NAMES = ["webm", "mp4", "m4a", "3gp", "3g2", "mj2"];

describe("The image's ffmpeg", () => {
  it.each(INPUTS)("has what it may read %s with", (_, args) => {
    const formats = listed("-format_whitelist", args).filter((name) => !OTHER_NAMES.includes(name));
    expect(enabled("demuxer")).toEqual(expect.arrayContaining(formats));
    expect(enabled("protocol")).toEqual(expect.arrayContaining(listed("-protocol_whitelist", args)));
  });

  it("has the filter that limits a track on air", () => {
    const filter = limiterFor(12, { integrated: -30, truePeak: -1 });
    expect(enabled("filter")).toContain(filter?.split("=")[0]);
  });
});
