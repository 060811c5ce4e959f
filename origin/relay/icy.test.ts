import { once } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IcyReader, splitTitle, titleOf } from "./icy.ts";

/** Metadata as a server sends it: a length in units of 16 bytes, and the text padded with zeros. */
function metadata(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  const units = Math.ceil(bytes.length / 16);
  return Buffer.concat([Buffer.from([units]), bytes, Buffer.alloc(units * 16 - bytes.length)]);
}

describe("the reader of SHOUTcast metadata", () => {
  it("passes the audio on and tells the titles, however the bytes were cut", async () => {
    const audio = Buffer.from(Array.from({ length: 40 }, (_, i) => i));
    const stream = Buffer.concat([
      ...[audio.subarray(0, 16), metadata("StreamTitle='Ada - One';")],
      ...[audio.subarray(16, 32), metadata("")],
      audio.subarray(32),
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }), async (cuts) => {
        const titles: string[] = [];
        const heard: Buffer[] = [];
        const reader = new IcyReader(16, (title) => titles.push(title));
        reader.on("data", (chunk: Buffer) => heard.push(chunk));
        let offset = 0;
        for (const cut of [...cuts, stream.length]) {
          reader.write(stream.subarray(offset, offset + cut));
          offset = Math.min(stream.length, offset + cut);
        }
        reader.end();
        await once(reader, "end");
        expect(Buffer.concat(heard)).toEqual(audio);
        expect(titles).toEqual(["Ada - One"]);
      }),
    );
  });
});

describe("a stream's title", () => {
  it.each<[string, string | Buffer, string | null]>([
    ["is what stands between the quotes", "StreamTitle='Ada - One';StreamUrl='http://a';", "Ada - One"],
    ["may have apostrophes and semicolons", "StreamTitle='It's; late';", "It's; late"],
    ["may come with padding", Buffer.from("StreamTitle='One';\0\0\0"), "One"],
    ["is UTF-8", "StreamTitle='Späte Stunde';", "Späte Stunde"],
    ["is Latin-1 where it is no UTF-8", Buffer.from("StreamTitle='Sp\xe4t';", "latin1"), "Spät"],
    ["loses control characters", "StreamTitle='a\nb\u0000c';", "a b c"],
    ["is bounded", `StreamTitle='${"x".repeat(2000)}';`, "x".repeat(300)],
    ["is none when empty", "StreamTitle='';", null],
    ["is none when there is none", "StreamUrl='http://a';", null],
  ])("%s", (_title, text, expected) => {
    expect(titleOf(Buffer.from(text))).toBe(expected);
  });

  it.each([
    ["Ada - One", { artist: "Ada", title: "One" }],
    ["Ada - One - live", { artist: "Ada", title: "One - live" }],
    ["The news", { artist: "", title: "The news" }],
  ])("is split into artist and title: %s", (text, expected) => {
    expect(splitTitle(text)).toEqual(expected);
  });
});
