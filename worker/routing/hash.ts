/** An integer of 53 evenly spread bits that is the same for the same text in every isolate. Not for secrets. */
export function hash53(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  const mixedLow = avalanche(low ^ high);
  const mixedHigh = avalanche(high ^ mixedLow);
  return (mixedHigh & 0x1fffff) * 2 ** 32 + mixedLow;
}

/** The finaliser of MurmurHash3: every bit of the input moves half of the output's. */
function avalanche(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
