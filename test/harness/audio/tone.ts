import { decibel } from "./level.ts";
import type { Sound } from "./sound.ts";

export type Span = { from: number; to: number };

/** Level of one frequency in a stretch of samples, in dBFS of a sine's amplitude (Goertzel's algorithm, Hann window). */
export function toneLevel({ samples, rate }: Sound, frequency: number, from = 0, to = samples.length): number {
  const step = (2 * Math.PI * frequency) / rate;
  const coefficient = 2 * Math.cos(step);
  const size = to - from;
  let last = 0;
  let beforeLast = 0;
  for (let index = 0; index < size; index++) {
    const hann = 1 - Math.cos((2 * Math.PI * index) / size);
    const next = (samples[from + index] ?? 0) * hann + coefficient * last - beforeLast;
    beforeLast = last;
    last = next;
  }
  const power = last ** 2 + beforeLast ** 2 - coefficient * last * beforeLast;
  return decibel((2 * Math.sqrt(Math.max(0, power))) / size);
}

const WINDOW_MS = 30;
const HOP_MS = 5;

/**
 * When a tone is heard: the stretches, in seconds, in which its level is above `threshold` dBFS; an edge is true to
 * some 10 ms. Interruptions shorter than `bridge` seconds are passed over.
 */
export function toneSpans(sound: Sound, frequency: number, threshold: number, bridge = 0.05): Span[] {
  const size = Math.round((sound.rate * WINDOW_MS) / 1000);
  const hop = Math.round((sound.rate * HOP_MS) / 1000);
  const spans: Span[] = [];
  for (let at = 0; at + size <= sound.samples.length; at += hop) {
    if (toneLevel(sound, frequency, at, at + size) < threshold) continue;
    const middle = (at + size / 2) / sound.rate;
    const open = spans.at(-1);
    if (open && middle - open.to <= bridge) open.to = middle;
    else spans.push({ from: middle, to: middle });
  }
  return spans;
}
