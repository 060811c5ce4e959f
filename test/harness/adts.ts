/** Reads AAC frames in ADTS (ISO 13818-7, 6.2), written apart from the packager so that the two check one another. */

export class AdtsError extends Error {
  override name = "AdtsError";
}

export type AdtsFrame = {
  /** The raw data block without its ADTS header. */
  data: Buffer;
  /** Object type, sampling index and channels as the header says them: `2/3/2` is AAC-LC, 48 kHz, stereo. */
  format: string;
};

const HEADER_BYTES = 7;
const CRC_BYTES = 2;

/** All frames of `bytes`, which begins with a header and ends with a whole frame; throws AdtsError otherwise. */
export function readAdtsFrames(bytes: Buffer): AdtsFrame[] {
  const frames: AdtsFrame[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < HEADER_BYTES) throw new AdtsError(`${bytes.length - at} bytes left over`);
    if (bytes.readUInt16BE(at) >> 4 !== 0xfff) throw new AdtsError(`no sync word at byte ${at}`);
    const hasCrc = (bytes.readUInt8(at + 1) & 1) === 0;
    const fixed = bytes.readUInt16BE(at + 2);
    const length = (bytes.readUInt32BE(at + 3) >>> 13) & 0x1fff;
    const header = HEADER_BYTES + (hasCrc ? CRC_BYTES : 0);
    if (length < header || at + length > bytes.length) throw new AdtsError(`frame of ${length} bytes at byte ${at}`);
    frames.push({
      data: bytes.subarray(at + header, at + length),
      format: `${(fixed >> 14) + 1}/${(fixed >> 10) & 15}/${(fixed >> 6) & 7}`,
    });
    at += length;
  }
  return frames;
}
