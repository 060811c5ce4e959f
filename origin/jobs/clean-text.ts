const CYRILLIC = new TextDecoder("windows-1251");
const UTF8 = new TextDecoder("utf-8", { fatal: true });
/** All but the joiners, without which Persian and many a symbol fall apart. */
const INVISIBLE = /(?:(?![\u200C\u200D])[\p{C}\p{Z}\uFFFD])+/gu;

/** Bytes that should be UTF-8 (RFC 3629), and where they are not, are what older programs wrote instead. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("latin1");
  }
}

/** One line fit to be shown: encodings that were mistaken for Latin-1 repaired, and nothing invisible in it. */
export function cleanText(text: string, maxLength: number): string {
  return repairEncoding(text)
    .normalize("NFC")
    .replace(INVISIBLE, " ")
    .trim()
    .slice(0, maxLength)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trim();
}

/** ID3 calls everything Latin-1 that its writer's system had for text: UTF-8 taken for it, and Cyrillic, are told apart. */
export function repairEncoding(text: string): string {
  if (!/[\x80-\xFF]/.test(text) || /[^\0-\xFF]/.test(text)) return text;
  const bytes = Buffer.from(text, "latin1");
  const asUtf8 = decodeText(bytes);
  if (asUtf8 !== text) return asUtf8;
  return isCyrillic(text) ? CYRILLIC.decode(bytes) : text;
}

/** Whole words of letters that other languages have singly: in windows-1251, all of Russian lies in C0 to FF, A8 and B8. */
function isCyrillic(text: string): boolean {
  const words = text.match(/[\p{L}\xA8\xB8\xD7\xF7]+/gu) ?? [];
  const foreign = words.filter((word) => word.length >= 2 && /^[\xA8\xB8\xC0-\xFF]+$/.test(word));
  return foreign.some((word) => word.length >= 3) && foreign.join("").length * 2 >= words.join("").length;
}
