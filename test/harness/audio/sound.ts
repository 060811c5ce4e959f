/** One channel of sound, samples between -1 and 1. */
export type Sound = { samples: Float32Array; rate: number };

export const PCM_RATE = 48_000;
const CHANNELS = 2;
const BYTES_PER_SAMPLE = 2;
export const PCM_BYTES_PER_SECOND = PCM_RATE * CHANNELS * BYTES_PER_SAMPLE;

/** The left channel of s16le stereo at 48 kHz. */
export function soundOfPcm(pcm: Buffer): Sound {
  const samples = new Float32Array(Math.floor(pcm.length / (CHANNELS * BYTES_PER_SAMPLE)));
  for (let index = 0; index < samples.length; index++) {
    samples[index] = pcm.readInt16LE(index * CHANNELS * BYTES_PER_SAMPLE) / 32_768;
  }
  return { samples, rate: PCM_RATE };
}

/** The part from second `from` to second `to`. */
export function cut({ samples, rate }: Sound, from: number, to: number): Sound {
  return { samples: samples.subarray(Math.round(from * rate), Math.round(to * rate)), rate };
}

export function secondsOf({ samples, rate }: Sound): number {
  return samples.length / rate;
}
