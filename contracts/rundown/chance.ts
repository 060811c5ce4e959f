/** Chance that is the same for everybody: whole numbers that follow from a text, with no floating point in between. */

/** A whole number from 0 to `below` - 1; `below` is at most 2^53. */
export type Draw = (below: number) => number;

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state;
}

/** An endless row of draws for each `name` (SplitMix32). */
export function drawsOf(...name: readonly (string | number)[]): Draw {
  let state = hash(name.join("\u0000"));
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return (below) => ((next() & 0x1fffff) * 2 ** 32 + next()) % below;
}

/** In an order of chance (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], draw: Draw): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = draw(last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
