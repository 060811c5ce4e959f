import { CHANNELS, SAMPLE_RATE } from "../../contracts/timeline.ts";

/** Length of a crossfade in samples: 300 ms. */
export const FADE_SAMPLES = (SAMPLE_RATE * 300) / 1000;

const FULL_SCALE = 32767;
const RISING = Float32Array.from({ length: FADE_SAMPLES + 1 }, (_, i) => Math.sin(((i / FADE_SAMPLES) * Math.PI) / 2));

/**
 * Fades from `outgoing` to `incoming` with equal power, beginning `position` samples into the fade; the mix replaces
 * `incoming`. Beyond the fade's end `incoming` stays as it is.
 */
export function crossfade(incoming: Int16Array, outgoing: Int16Array, position: number): void {
  const samples = Math.min(incoming.length / CHANNELS, FADE_SAMPLES - position);
  for (let i = 0; i < samples; i++) {
    const rising = RISING[position + i] ?? 1;
    const falling = RISING[FADE_SAMPLES - position - i] ?? 0;
    for (let value = i * CHANNELS; value < (i + 1) * CHANNELS; value++) {
      const sum = ((incoming[value] ?? 0) * rising + (outgoing[value] ?? 0) * falling) / FULL_SCALE;
      incoming[value] = Math.round(softClip(sum, rising + falling) * FULL_SCALE);
    }
  }
}

/**
 * Bends what may reach `most` (1 to 1.42) into full scale. The knee is at 1 / most, where the curve leaves the straight
 * line smoothly, so at both ends of a fade, where `most` is 1, nothing is bent.
 */
export function softClip(value: number, most: number): number {
  const knee = 1 / most;
  const size = Math.abs(value);
  if (size <= knee) return value;
  const over = Math.min(1, (size - knee) / (most - knee));
  return Math.sign(value) * (knee + (1 - knee) * (1 - (1 - over) ** (most + 1)));
}

/** Short ramp for the first samples of a source that begins in the middle of its sound. Position in samples. */
export function fadeIn(values: Int16Array, position: number, length: number): void {
  const samples = Math.min(values.length / CHANNELS, length - position);
  for (let i = 0; i < samples * CHANNELS; i++) {
    values[i] = ((values[i] ?? 0) * (position + Math.floor(i / CHANNELS))) / length;
  }
}
