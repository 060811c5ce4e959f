import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findFfmpeg } from "./ffmpeg.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "find-ffmpeg-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function binary(path: string, mode = 0o755): string {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), "#!/bin/sh\n");
  chmodSync(join(folder, path), mode);
  return join(folder, path);
}

it("takes FFMPEG_PATH before PATH, and ffprobe beside it", () => {
  const [ffmpeg, ffprobe] = [binary("own/ffmpeg"), binary("own/ffprobe")];
  binary("bin/ffmpeg");
  binary("bin/ffprobe");
  expect(findFfmpeg({ FFMPEG_PATH: ffmpeg, PATH: join(folder, "bin") })).toEqual({
    ffmpeg,
    ffprobe,
    from: "FFMPEG_PATH",
  });
});

it("takes FFPROBE_PATH when it is named", () => {
  const [ffmpeg, ffprobe] = [binary("a/ffmpeg"), binary("b/probe")];
  expect(findFfmpeg({ FFMPEG_PATH: ffmpeg, FFPROBE_PATH: ffprobe })).toMatchObject({ ffmpeg, ffprobe });
});

it("says which setting is wrong rather than use another ffmpeg", () => {
  expect(() => findFfmpeg({ FFMPEG_PATH: binary("a/ffmpeg", 0o644) })).toThrow(/FFMPEG_PATH: .* is not an executable/);
  expect(() => findFfmpeg({ FFMPEG_PATH: binary("a/ffmpeg") })).toThrow(/FFPROBE_PATH: .* is not an executable/);
});

it("searches PATH in its order and passes over what cannot be executed", () => {
  binary("first/ffmpeg", 0o644);
  const [ffmpeg, ffprobe] = [binary("second/ffmpeg"), binary("third/ffprobe")];
  const PATH = ["first", "second", "third"].map((name) => join(folder, name)).join(":");
  expect(findFfmpeg({ PATH })).toEqual({ ffmpeg, ffprobe, from: "PATH" });
});

it("falls back to the ones inside the npm packages, which run", () => {
  const found = findFfmpeg({ PATH: folder });
  expect(found.from).toBe("npm");
  expect(execFileSync(found.ffmpeg, ["-version"], { encoding: "utf8" })).toMatch(/^ffmpeg version/);
  expect(execFileSync(found.ffprobe, ["-version"], { encoding: "utf8" })).toMatch(/^ffprobe version/);
});
