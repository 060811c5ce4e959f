import { expect, it } from "vitest";
import { factsIn, NO_FACTS } from "./stream-facts.ts";

const SAID = `[mp3 @ 0x5577a3daea00] [warning] Estimating duration from bitrate
Input #0, flv, from 'rtmp://127.0.0.1/live/one':
  Metadata:
    title           : Späte Stunde
    artist          : Ada
  Duration: N/A, start: 0.000000, bitrate: N/A
  Stream #0:0: Data: none
  Stream #0:1: Audio: aac (LC), 44100 Hz, stereo, fltp, 128 kb/s
Stream mapping:
  Stream #0:1 -> #0:0 (aac (native) -> pcm_s16le (native))
Output #0, s16le, to 'pipe:1':
  Metadata:
    title           : Another
  Stream #0:0: Audio: pcm_s16le, 48000 Hz, stereo, s16, 1536 kb/s
`;

it("knows codec, bitrate and title of the input, and takes nothing from the output", () => {
  const heard = { title: "Späte Stunde", artist: "Ada" };
  expect(factsIn(SAID)).toEqual({ codec: "aac", bitrate: 128_000, heard });
  const unnamed = SAID.replace(/ {4}(title|artist) .*Stunde\n| {4}artist .*\n/g, "").replace(", 128 kb/s", "");
  expect(factsIn(unnamed)).toEqual({ codec: "aac", bitrate: null, heard: null });
});

it("knows them where ffmpeg says how grave each line is", () => {
  expect(factsIn(SAID.replace(/^(?!\[)/gm, "[info] "))).toEqual(factsIn(SAID));
});

it("knows nothing before ffmpeg has said it", () => {
  expect(factsIn("")).toEqual(NO_FACTS);
  expect(factsIn(SAID.slice(0, 40))).toEqual(NO_FACTS);
});
