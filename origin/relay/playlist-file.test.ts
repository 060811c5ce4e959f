import { describe, expect, it } from "vitest";
import { addressesIn, entriesOf, isPlaylist, kindOfPlaylist } from "./playlist-file.ts";

describe("an answer", () => {
  it.each([
    ["audio/x-mpegurl", "/listen", true],
    ["application/vnd.apple.mpegurl; charset=utf-8", "/", true],
    ["audio/x-scpls", "/listen", true],
    ["application/octet-stream", "/live.m3u8", true],
    ["text/plain", "/listen.PLS", true],
    ["audio/mpeg", "/listen.m3u", false],
    ["audio/mpeg", "/", false],
    ["application/ogg", "/one.ogg", false],
  ])("of type %s at %s is a playlist: %s", (type, path, expected) => {
    expect(isPlaylist(type, path)).toBe(expected);
  });

  it("is HLS when its tags say so, and else a list", () => {
    expect(kindOfPlaylist("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n")).toBe("hls");
    expect(kindOfPlaylist("#EXTM3U\n#EXTINF:-1,One\nhttp://radio.example/one\n")).toBe("list");
  });
});

it("finds the addresses in M3U and PLS files", () => {
  expect(entriesOf("#EXTM3U\r\n#EXTINF:-1,One\r\nhttp://radio.example/one\r\n\r\ntwo\r\n")).toEqual([
    "http://radio.example/one",
    "two",
  ]);
  expect(entriesOf("[playlist]\nNumberOfEntries=2\nFile1=http://radio.example/one\nTitle1=One\nFile2=two\n")).toEqual([
    "http://radio.example/one",
    "two",
  ]);
});

it("finds all that an HLS playlist leads to", () => {
  const playlist = [
    '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="file:///etc/passwd",IV=0x1',
    '#EXT-X-MAP:URI="init.mp4"\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="audio.m3u8"',
    "#EXTINF:4,\nhttp://169.254.169.254/1.ts\n#EXTINF:4,\n2.ts",
  ].join("\n");
  expect(addressesIn(playlist)).toEqual([
    ...["file:///etc/passwd", "init.mp4", "audio.m3u8", "http://169.254.169.254/1.ts", "2.ts"],
  ]);
});
