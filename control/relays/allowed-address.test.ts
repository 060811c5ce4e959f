import { describe, expect, it } from "vitest";
import { refusalOf } from "./allowed-address.ts";

describe("the address of a relay", () => {
  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:8788/",
    "http://0x7f.1/",
    "rtmp://2130706433/live/one",
    "http://localhost/",
    "http://radio.localhost/",
    "rtsp://10.0.0.1/one",
    "mmsh://192.168.1.1/one",
    "http://100.64.0.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://0.0.0.0/",
  ])("is refused when it is %s, unless private ones are allowed", (url) => {
    expect(refusalOf(url, false)).not.toBeNull();
    expect(refusalOf(url, true)).toBeNull();
  });

  it.each([
    "http://radio.example/",
    "http://8.8.8.8/",
    "rtmp://[2606:4700::1111]/live/one",
    "http://localhost.example/",
  ])("is not refused when it is %s", (url) => expect(refusalOf(url, false)).toBeNull());
});
