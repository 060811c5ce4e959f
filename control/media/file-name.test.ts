import { describe, expect, it } from "vitest";
import { cleanContentType, cleanFileName, contentDisposition, stemOf } from "./file-name.ts";

describe("the name of a file", () => {
  it.each([
    ["song.mp3", "song.mp3"],
    ["../../etc/passwd", "passwd"],
    ["C:\\Music\\song.mp3", "song.mp3"],
    ["Песня ночи.flac", "Песня ночи.flac"],
    ["a\u0000b\r\nc\u202egpj.mp3", "abcgpj.mp3"],
    ["..", "file"],
    ["", "file"],
    ["/", "file"],
    ["🎵".repeat(300), `${"🎵".repeat(127)}\ufffd`],
  ])("%j is kept as %j", (given, kept) => {
    expect(cleanFileName(given)).toBe(kept);
    expect(cleanFileName(given).length).toBeLessThanOrEqual(255);
  });

  it.each([
    ["01 - Night Train.m4a", "01 - Night Train"],
    ["Mr. Smith", "Mr. Smith"],
    [".mp3", ".mp3"],
    ["archive.tar.gz", "archive.tar"],
  ])("%j without its extension is %j", (name, stem) => {
    expect(stemOf(name)).toBe(stem);
  });

  it("cannot break out of the header it is told in", () => {
    const header = contentDisposition("attachment", `a"; x="é'(*)%.mp3`);
    expect(header).toBe(
      `attachment; filename="a_; x=__'(*)_.mp3"; filename*=UTF-8''a%22%3B%20x%3D%22%C3%A9%27%28%2A%29%25.mp3`,
    );
    expect(header).not.toMatch(/[\r\n]/);
  });
});

describe("the type of a file", () => {
  it.each([
    ["audio/mpeg", "audio/mpeg"],
    ["Audio/MP4; codecs=mp4a", "audio/mp4"],
    ["video/mp2t", "video/mp2t"],
    ["text/html", "application/octet-stream"],
    ["image/svg+xml", "application/octet-stream"],
    ["audio/mpeg\r\nx: y", "application/octet-stream"],
    [undefined, "application/octet-stream"],
  ])("%j is kept as %j", (given, kept) => {
    expect(cleanContentType(given)).toBe(kept);
  });
});
