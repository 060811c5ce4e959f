import type { Heard } from "../programme/pcm-source.ts";

/** What a stream says of itself, as far as it is known. */
export type StreamFacts = {
  /** As ffmpeg calls it. */
  codec: string | null;
  /** Bit/s. */
  bitrate: number | null;
  heard: Heard | null;
};

export const NO_FACTS: StreamFacts = { codec: null, bitrate: null, heard: null };

const STREAM = /^ *Stream #0:.*?: Audio: (\w+)[^\n]*?(?:, (\d+) kb\/s|$)/m;
const textOf = (said: string, name: string) =>
  new RegExp(`^ +${name} *: (.*)$`, "m")
    .exec(said)?.[1]
    ?.replace(/\p{C}+/gu, " ")
    .trim()
    .slice(0, 300) ?? "";

/** Reads the facts out of what ffmpeg says of its input at the start. */
export function factsIn(said: string): StreamFacts {
  const plain = said.replace(/^\[info\] /gm, "");
  const [input = ""] = plain.slice(Math.max(0, plain.indexOf("Input #0"))).split(/^(?:Stream mapping|Output #0)/m);
  const [, codec = null, kilobits] = STREAM.exec(input) ?? [];
  const title = textOf(input, "title");
  return {
    codec,
    bitrate: kilobits === undefined ? null : Number(kilobits) * 1000,
    heard: title === "" ? null : { title, artist: textOf(input, "artist") },
  };
}
