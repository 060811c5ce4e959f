const WINDOW = 8192;
const REACH = 3000;

/**
 * Where in `original` the sound of `heard` from sample `at` on is found: the place near `expected`, at most 3000 samples
 * from it, where both are most alike. Works for noise, which is like itself in one place only.
 */
export function placeIn(original: Float32Array, heard: Float32Array, at: number, expected: number): number {
  const window = heard.subarray(at, at + WINDOW);
  let best = { place: expected - REACH, likeness: Number.NEGATIVE_INFINITY };
  for (let place = Math.max(0, expected - REACH); place <= expected + REACH; place++) {
    const likeness = likenessOf(window, original.subarray(place, place + WINDOW));
    if (likeness > best.likeness) best = { place, likeness };
  }
  return best.place;
}

function likenessOf(one: Float32Array, other: Float32Array): number {
  let product = 0;
  for (let i = 0; i < one.length; i++) product += (one[i] ?? 0) * (other[i] ?? 0);
  return product;
}
