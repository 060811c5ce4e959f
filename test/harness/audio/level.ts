import type { Sound } from "./sound.ts";

/** What digital silence reads as, in dBFS. */
export const SILENCE_DB = -120;

export function decibel(amplitude: number): number {
  return Math.max(SILENCE_DB, 20 * Math.log10(amplitude));
}

/** Root mean square of each whole window, one after another, in dBFS. */
export function levels({ samples, rate }: Sound, windowMs = 20): number[] {
  const size = Math.round((rate * windowMs) / 1000);
  return Array.from({ length: Math.floor(samples.length / size) }, (_, window) => {
    let sum = 0;
    for (let index = window * size; index < (window + 1) * size; index++) sum += (samples[index] ?? 0) ** 2;
    return decibel(Math.sqrt(sum / size));
  });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
