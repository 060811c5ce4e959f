import { Transform, type TransformCallback } from "node:stream";

/** One byte says how many times 16 bytes of text follow. */
const UNIT = 16;

/**
 * Takes the metadata out of a SHOUTcast stream: after every `interval` bytes of audio stand a length and a text. Titles
 * are told as they come; what is passed on is audio alone.
 */
export class IcyReader extends Transform {
  readonly #interval: number;
  readonly #onTitle: (title: string) => void;
  #audioLeft: number;
  #text: Buffer[] = [];
  #textLeft = 0;

  constructor(interval: number, onTitle: (title: string) => void) {
    super();
    this.#interval = interval;
    this.#audioLeft = interval;
    this.#onTitle = onTitle;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#take(rest);
    done();
  }

  /** Returns what is left of the bytes. */
  #take(bytes: Buffer): Buffer {
    if (this.#textLeft > 0) return this.#takeText(bytes);
    if (this.#audioLeft > 0) {
      const audio = bytes.subarray(0, this.#audioLeft);
      this.#audioLeft -= audio.length;
      this.push(audio);
      return bytes.subarray(audio.length);
    }
    this.#textLeft = bytes.readUInt8(0) * UNIT;
    if (this.#textLeft === 0) this.#audioLeft = this.#interval;
    return bytes.subarray(1);
  }

  #takeText(bytes: Buffer): Buffer {
    const text = bytes.subarray(0, this.#textLeft);
    this.#text.push(text);
    this.#textLeft -= text.length;
    if (this.#textLeft === 0) {
      const title = titleOf(Buffer.concat(this.#text));
      if (title !== null) this.#onTitle(title);
      this.#text = [];
      this.#audioLeft = this.#interval;
    }
    return bytes.subarray(text.length);
  }
}

/** The stream's title; apostrophes within it are not escaped. Null where there is none. */
export function titleOf(text: Buffer): string | null {
  const found = /StreamTitle='(.*?)';(?:\s*\w+='|[\s\0]*$)/s.exec(decode(text))?.[1];
  const title = found?.replace(/\p{C}+/gu, " ").trim() ?? "";
  return title === "" ? null : title.slice(0, 300);
}

/** UTF-8, as it should be; Latin-1, as old encoders send it. */
function decode(text: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch {
    return text.toString("latin1");
  }
}

/** "Artist - Title", as encoders write it; all of it is the title where it is not of that form. */
export function splitTitle(text: string): { title: string; artist: string } {
  const [artist, ...title] = text.split(" - ");
  return artist === undefined || title.length === 0
    ? { title: text, artist: "" }
    : { title: title.join(" - ").trim(), artist: artist.trim() };
}
