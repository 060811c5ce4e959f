import { CHANNELS } from "../../contracts/timeline.ts";

/** AudioSpecificConfig (ISO 14496-3, 1.6.2.1) of all that is on air: AAC-LC, 48 kHz, stereo, 1024 samples a frame. */
export const AUDIO_SPECIFIC_CONFIG: Buffer = Buffer.from([0x11, 0x90]);

export const ADTS_HEADER_BYTES = 7;

/** Largest raw AAC frame: 6144 bits a channel (ISO 14496-3, 4.5.3). */
export const MAX_FRAME_BYTES = (6144 / 8) * CHANNELS;

/**
 * adts_fixed_header and adts_variable_header (ISO 14496-3, 1.A.2.2) for one raw frame of `frameBytes`: MPEG-4 AAC-LC,
 * 48 kHz, stereo, without CRC, buffer fullness "variable rate".
 *
 * @throws RangeError for a frame larger than AAC allows
 */
export function adtsHeader(frameBytes: number): Buffer {
  if (frameBytes > MAX_FRAME_BYTES) {
    throw new RangeError(`An AAC frame has at most ${MAX_FRAME_BYTES} bytes, this one has ${frameBytes}`);
  }
  const length = ADTS_HEADER_BYTES + frameBytes;
  return Buffer.from([
    0xff, // syncword
    0xf1, // syncword, MPEG-4, layer 0, no CRC
    0x4c, // profile LC, 48 kHz, the first bit of two channels
    0x80 | (length >> 11), // the other bits of two channels, aac_frame_length (13 bits) begins
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f, // buffer fullness 0x7ff
    0xfc, // one raw_data_block
  ]);
}
