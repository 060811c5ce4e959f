export const WAVEFORM_PARTS = 1000;

/** The highest of the blocks that each of 1000 equal parts of a file touches. */
export function waveformOf(peaks: Uint8Array): number[] {
  return Array.from({ length: WAVEFORM_PARTS }, (_, part) => {
    const from = Math.floor((part * peaks.length) / WAVEFORM_PARTS);
    const until = Math.max(from + 1, Math.ceil(((part + 1) * peaks.length) / WAVEFORM_PARTS));
    return peaks.subarray(from, until).reduce((highest, peak) => Math.max(highest, peak), 0);
  });
}
