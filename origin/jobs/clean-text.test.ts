import { describe, expect, it } from "vitest";
import { cleanText, decodeText } from "./clean-text.ts";

const cyrillic = (bytes: string) => Buffer.from(bytes, "latin1");

describe("Text from strangers", () => {
  it.each([
    ["Björk"],
    ["Für Elise"],
    ["Ágætis byrjun"],
    ["Été indien, à Zoë"],
    ["Привет, мир"],
    ["さくら さくら"],
    ["أم كلثوم"],
    ["Ελευθερία"],
    ["👩\u200D🚀"],
    ["می\u200Cخواهم"],
  ])("stays as it is where it is right: %s", (text) => {
    expect(cleanText(text, 300)).toBe(text);
  });

  it.each([
    ["UTF-8 that was read as Latin-1", Buffer.from("Привет", "utf8").toString("latin1"), "Привет"],
    ["UTF-8 in Japanese that was read as Latin-1", Buffer.from("さくら", "utf8").toString("latin1"), "さくら"],
    ["windows-1251 that was read as Latin-1", "\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0", "Привет, мир"],
    ["windows-1251 with a little English", "\xcf\xf0\xe8\xe2\xe5\xf2 (Mix)", "Привет (Mix)"],
  ])("is repaired when it is %s", (_, broken, right) => {
    expect(cleanText(broken, 300)).toBe(right);
  });

  it("loses what is not to be seen: control signs, line ends, what could not be read, half of a sign", () => {
    expect(cleanText("\u0000a\r\n\tb\u202E \uFFFD\uD83D c\u00A0 ", 300)).toBe("a b c");
  });

  it("is cut without leaving half of a sign", () => {
    expect(cleanText(`${"a".repeat(299)}👍`, 300)).toBe("a".repeat(299));
  });

  it("is composed, so that one name has one spelling", () => {
    expect(cleanText("Bjo\u0308rk", 300)).toBe("Björk");
  });

  it("is read from bytes that are not UTF-8 as what they were then taken for", () => {
    expect(decodeText(Buffer.from("Привет"))).toBe("Привет");
    expect(cleanText(decodeText(cyrillic("\xcf\xf0\xe8\xe2\xe5\xf2")), 300)).toBe("Привет");
  });
});
