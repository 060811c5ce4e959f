export const RATE = 48_000;

/** A stereo stretch of sound that instruments add to. */
export type Bus = { left: Float32Array; right: Float32Array };

export function createBus(seconds: number): Bus {
  const samples = Math.round(seconds * RATE);
  return { left: new Float32Array(samples), right: new Float32Array(samples) };
}

/** Adds one sample at equal power between left (-1) and right (1). Beyond the end of the bus it adds nothing. */
export function addSample(bus: Bus, index: number, value: number, pan: number): void {
  if (index < 0 || index >= bus.left.length) return;
  const angle = ((pan + 1) * Math.PI) / 4;
  bus.left[index] = at(bus.left, index) + value * Math.cos(angle);
  bus.right[index] = at(bus.right, index) + value * Math.sin(angle);
}

export function at(samples: Float32Array, index: number): number {
  return samples[index] ?? 0;
}

/** Adds all of `from`, times `gain`. */
export function mixInto(bus: Bus, from: Bus, gain: number): void {
  for (let i = 0; i < bus.left.length; i++) {
    bus.left[i] = at(bus.left, i) + at(from.left, i) * gain;
    bus.right[i] = at(bus.right, i) + at(from.right, i) * gain;
  }
}

/** The same noise on every machine, so that the same script makes the same music (mulberry32). */
export function createNoise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/** One-pole low-pass; `cutoff` in Hz. */
export function createLowPass(cutoff: number): (input: number) => number {
  const weight = 1 - Math.exp((-2 * Math.PI * cutoff) / RATE);
  let held = 0;
  return (input) => {
    held += weight * (input - held);
    return held;
  };
}

/** Fades in over 3 ms and out over `seconds` down to `floor`, so that a track neither clicks nor ends in silence. */
export function shapeEnds(bus: Bus, seconds: number, floor: number): void {
  const total = bus.left.length;
  const fade = Math.round(seconds * RATE);
  const click = Math.round(0.003 * RATE);
  for (let i = 0; i < total; i++) {
    const left = total - 1 - i;
    let gain = Math.min(1, i / click, left / click);
    if (left < fade) gain *= floor + (1 - floor) * (0.5 - 0.5 * Math.cos((Math.PI * left) / fade));
    bus.left[i] = at(bus.left, i) * gain;
    bus.right[i] = at(bus.right, i) * gain;
  }
}
