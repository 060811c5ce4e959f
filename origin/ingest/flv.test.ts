import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeScript,
  encodeAacFrame,
  encodeAacHeader,
  encodeFlvTag,
  encodeScript,
  FLV_AUDIO_HEADER,
  FlvReader,
  type FlvTag,
  parseAacMessage,
} from "./flv.ts";

const tags = fc.array(
  fc.record({
    type: fc.constantFrom<FlvTag["type"]>(8, 9, 18),
    timestamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 10 },
);

function readInPieces(stream: Buffer, pieceBytes: number, maxTagBytes?: number): FlvTag[] {
  const read: FlvTag[] = [];
  const reader = new FlvReader((tag) => read.push(tag), maxTagBytes);
  for (let offset = 0; offset < stream.length; offset += pieceBytes) {
    reader.push(stream.subarray(offset, offset + pieceBytes));
  }
  return read;
}

describe("an FLV stream", () => {
  it("gives back the tags that were written, whatever the pieces it comes in", () => {
    fc.assert(
      fc.property(tags, fc.integer({ min: 1, max: 400 }), (written, pieceBytes) => {
        const stream = Buffer.concat([FLV_AUDIO_HEADER, ...written.map(encodeFlvTag)]);
        expect(readInPieces(stream, pieceBytes)).toEqual(written);
      }),
    );
  });

  it("has the bytes that the specification says", () => {
    expect(FLV_AUDIO_HEADER.toString("hex")).toBe("464c5601040000000900000000");
    const tag = encodeFlvTag({ type: 8, timestamp: 0x89abcdef, payload: Buffer.from([0xaf, 1, 2]) });
    expect(tag.toString("hex")).toBe("08000003abcdef89000000af01020000000e");
  });

  it("hands out payloads that do not change with the bytes they came in", () => {
    const stream = Buffer.concat([
      FLV_AUDIO_HEADER,
      encodeFlvTag({ type: 8, timestamp: 0, payload: Buffer.from([7]) }),
    ]);
    const read: FlvTag[] = [];
    new FlvReader((tag) => read.push(tag)).push(stream);
    stream.fill(0);
    expect(read[0]?.payload).toEqual(Buffer.from([7]));
  });

  const tag = encodeFlvTag({ type: 8, timestamp: 0, payload: Buffer.alloc(10) });
  const damaged = (offset: number) => {
    const copy = Buffer.from(tag);
    copy[offset] = 0x7f;
    return Buffer.concat([FLV_AUDIO_HEADER, copy]);
  };
  it.each([
    ["that is something else", Buffer.from("HTTP/1.1 200"), /not an FLV stream/],
    ["with a header of another length", Buffer.from("464c5601040000000a0000000000", "hex"), /unknown length/],
    ["with a tag of no known type", damaged(0), /unknown type/],
    ["with a tag that does not end where it says", damaged(tag.length - 1), /closes wrongly/],
  ])("is refused %s", (_, stream, message) => {
    expect(() => readInPieces(stream, 1)).toThrow(message);
  });

  it("is refused with a tag beyond the limit, as soon as its size is known", () => {
    const begun = Buffer.concat([FLV_AUDIO_HEADER, tag]).subarray(0, FLV_AUDIO_HEADER.length + 11);
    expect(() => readInPieces(begun, 1, 9)).toThrow(/tag of 10 bytes/);
    expect(readInPieces(begun, 1, 10)).toEqual([]);
  });
});

describe("AAC in FLV", () => {
  it("is a header or a frame", () => {
    const config = Buffer.from([0x11, 0x90]);
    expect(parseAacMessage(encodeAacHeader(config))).toEqual({ kind: "header", config });
    const data = Buffer.from([1, 2, 3]);
    expect(parseAacMessage(encodeAacFrame(data))).toEqual({ kind: "frame", data });
  });

  it.each([
    ["the empty header that ffmpeg sends first", "af00"],
    ["an empty frame", "af01"],
    ["an unknown kind", "af0200"],
    ["MP3", "2f0000"],
    ["nothing", ""],
  ])("is not %s", (_, hex) => {
    expect(parseAacMessage(Buffer.from(hex, "hex"))).toBeNull();
  });
});

describe("script data", () => {
  it("carries an event and a body, also a body longer than a short string can be", () => {
    for (const body of ["", '{"segment":7,"title":"Ä"}', "x".repeat(65_535), "x".repeat(65_536)]) {
      expect(decodeScript(encodeScript("onStamp", body))).toEqual({ event: "onStamp", body });
    }
  });

  it.each([
    ["a body above 64 KiB", encodeScript("onStamp", "x".repeat(65_537))],
    ["metadata", Buffer.from([2, 0, 1, 0x61, 8, 0, 0, 0, 0, 0, 0, 9])],
    ["an event without a body", encodeScript("onStamp", "").subarray(0, 10)],
    ["a body cut short", encodeScript("onStamp", "body").subarray(0, -1)],
    ["anything behind the body", Buffer.concat([encodeScript("onStamp", "body"), Buffer.from([5])])],
    ["nothing", Buffer.alloc(0)],
  ])("is not %s", (_, payload) => {
    expect(decodeScript(payload)).toBeNull();
  });
});
