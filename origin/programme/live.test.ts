import { expect, it } from "vitest";
import { titleOf } from "./live.ts";

function metaData(title: string, length = Buffer.byteLength(title)): Buffer {
  const key = Buffer.from("\x02\x00\x0aonMetaData\x08\x00\x00\x00\x01\x00\x05title\x02", "latin1");
  return Buffer.concat([key, Buffer.from([length >> 8, length & 255]), Buffer.from(title)]);
}

it("finds the title in a host's metadata", () => {
  expect(titleOf(metaData("Späte Stunde"))).toBe("Späte Stunde");
});

it.each([
  ["there is none", Buffer.from("\x02\x00\x0aonMetaData\x08", "latin1")],
  ["it is empty", metaData("")],
  ["it is cut off", metaData("x", 9).subarray(0, -2)],
])("has no title when %s", (_, script) => {
  expect(titleOf(script)).toBeNull();
});

it("takes control characters out of a title and bounds it", () => {
  expect(titleOf(metaData("a\n\u0000b"))).toBe("a b");
  expect(titleOf(metaData("x".repeat(2000)))).toHaveLength(300);
});
