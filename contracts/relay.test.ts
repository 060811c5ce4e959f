import { describe, expect, it } from "vitest";
import { RelayUrl, withoutSecrets } from "./relay.ts";

describe("the address of a relay", () => {
  it.each([
    "http://radio.example:8000/stream",
    "https://radio.example/live/index.m3u8",
    "rtmp://user:secret@radio.example/live/one",
    "rtsp://radio.example:8554/one",
    "mmsh://radio.example/one",
    "mmst://radio.example/one",
    "http://[2001:db8::1]:8000/",
  ])("may be %s", (url) => expect(RelayUrl.safeParse(url).success).toBe(true));

  it.each([
    "file:///etc/passwd",
    "concat:http://radio.example/a|file:///etc/passwd",
    "crypto+http://radio.example/",
    "ftp://radio.example/one",
    "udp://radio.example:1234",
    "javascript:alert(1)",
    "/etc/passwd",
    "-i",
    "rtmp:///live",
    "http://",
    "",
    `http://radio.example/${"x".repeat(2000)}`,
  ])("may not be %s", (url) => expect(RelayUrl.safeParse(url).success).toBe(false));

  it("is shown without user, password and what its query says", () => {
    expect(withoutSecrets("http://ann:secret@radio.example:8000/a?token=abc&token=def&b=1#here")).toBe(
      "http://radio.example:8000/a?token=***&b=***",
    );
    expect(withoutSecrets("rtsp://ann:secret@radio.example/a")).toBe("rtsp://radio.example/a");
  });
});
