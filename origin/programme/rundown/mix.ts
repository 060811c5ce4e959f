import type { RundownItem } from "../../../contracts/rundown-item.ts";
import { CHANNELS } from "../../../contracts/timeline.ts";

const FULL_SCALE = 32767;
/** -1 dBFS: up to here nothing is bent. */
const KNEE = Math.round(FULL_SCALE * 10 ** (-1 / 20));

/**
 * Adds to `sum` what an item sounds like: its samples, of which the first is heard at the programme's `sample`, times its
 * gain and its fades. All follows from the sample's number, so that it does not matter who began to play when.
 */
export function addItem(sum: Float32Array, values: Int16Array, item: RundownItem, sample: number): void {
  for (let i = 0; i < values.length / CHANNELS; i++) {
    const factor = item.gain * fadeOf(item, sample + i);
    for (let value = i * CHANNELS; value < (i + 1) * CHANNELS; value++) {
      sum[value] = (sum[value] ?? 0) + (values[value] ?? 0) * factor;
    }
  }
}

/** Equal power: what fades out and what fades in over the same samples are as loud together as one alone. */
function fadeOf({ from, until, fadeIn, fadeOut }: RundownItem, sample: number): number {
  const rising = sample - from < fadeIn ? Math.sin((((sample - from) / fadeIn) * Math.PI) / 2) : 1;
  const falling = until - sample < fadeOut ? Math.sin((((until - sample) / fadeOut) * Math.PI) / 2) : 1;
  return rising * falling;
}

/** Writes the sum as 16-bit samples. What two tracks together have above -1 dBFS is bent smoothly below full scale. */
export function writeSum(sum: Float32Array, out: Int16Array): void {
  for (let i = 0; i < out.length; i++) {
    const value = sum[i] ?? 0;
    const over = Math.abs(value) - KNEE;
    out[i] = Math.round(over <= 0 ? value : Math.sign(value) * bent(over));
  }
}

function bent(over: number): number {
  return KNEE + (FULL_SCALE - KNEE) * Math.tanh(over / (FULL_SCALE - KNEE));
}
