import { CHANNELS, SAMPLE_RATE } from "../../contracts/timeline.ts";

/** What sound comes in over HTTP; no list or script that would make ffmpeg open something else. */
const AUDIO_FORMATS = "aac,ac3,asf,flac,flv,matroska,mov,mp3,mpegts,ogg,wav";
const HLS_FORMATS = "hls,mpegts,aac,ac3,mp3,mov,webvtt";

/** Enough to know the stream, soon enough to be on air within seconds. */
const PROBE = ["-probesize", "131072", "-analyzeduration", "1500000"];

/** How ffmpeg may read a relay: each scheme with the protocols and formats that it needs, and no other. */
export const READ_PIPE = [...allow("pipe", AUDIO_FORMATS), ...PROBE, "-i", "pipe:0"];

/** At its own pace: segments would else come all at once. */
export function readHls(url: URL): string[] {
  const protocols = "http,https,httpproxy,tcp,tls,crypto";
  return ["-re", ...allow(protocols, HLS_FORMATS), "-http_persistent", "0", "-live_start_index", "-3", "-i", url.href];
}

/** `url` names an address; `host` is what the server is told that it was called. */
export function readRtmp(url: URL, host: string): string[] {
  const tcurl = ["-rtmp_tcurl", `rtmp://${host}/${appOf(url)}`];
  return [...allow("rtmp,tcp", "flv"), ...PROBE, ...tcurl, "-rtmp_live", "live", "-i", url.href];
}

/** Over TCP alone, so that all of it comes through the one connection. */
export function readRtsp(url: URL): string[] {
  return [...allow("rtp,tcp", "rtsp"), ...PROBE, "-rtsp_transport", "tcp", "-i", url.href];
}

export function readMms(url: URL): string[] {
  return [...allow(url.protocol === "mmst:" ? "mmst,tcp" : "mmsh,http,httpproxy,tcp", "asf"), ...PROBE, "-i", url.href];
}

function allow(protocols: string, formats: string): string[] {
  return ["-protocol_whitelist", protocols, "-format_whitelist", formats];
}

/** RTMP names the application first, with its instance where there are three parts or more. */
function appOf({ pathname }: URL): string {
  const parts = pathname.split("/").filter((part) => part !== "");
  return parts.slice(0, parts.length > 2 ? 2 : 1).join("/");
}

/** `input` as above; the sound comes out of it as s16le, 48 kHz, stereo. */
export function relayArguments(input: readonly string[]): string[] {
  return [
    ...["-nostdin", "-hide_banner", "-nostats", "-v", "level+info", "-threads", "1", ...input],
    ...["-map", "0:a:0", "-threads", "1", "-ar", `${SAMPLE_RATE}`, "-ac", `${CHANNELS}`],
    ...["-flush_packets", "1", "-f", "s16le", "pipe:1"],
  ];
}
