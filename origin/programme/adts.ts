/** Longest frame the 13-bit length of an ADTS header can name (ISO 14496-3, 1.A.3.2). */
const MAX_FRAME_BYTES = 8191;
const HEADER_BYTES = 7;
const CRC_BYTES = 2;

/** Splits ADTS (ISO 14496-3, 1.A.3.2) into raw access units. Holds less than one frame; skips what is not ADTS. */
export class AdtsSplitter {
  readonly #onFrame: (data: Buffer) => void;
  #pending: Buffer = Buffer.alloc(0);

  constructor(onFrame: (data: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let offset = 0;
    while (bytes.length - offset >= HEADER_BYTES) {
      const length = frameLength(bytes, offset);
      if (length === null) {
        offset += 1;
        continue;
      }
      if (bytes.length - offset < length) break;
      this.#onFrame(bytes.subarray(offset + headerLength(bytes, offset), offset + length));
      offset += length;
    }
    this.#pending = Buffer.from(bytes.subarray(offset, offset + MAX_FRAME_BYTES));
  }
}

/** Null where no header stands at `offset`. */
function frameLength(bytes: Buffer, offset: number): number | null {
  const isSync = bytes[offset] === 0xff && (bytes.readUInt8(offset + 1) & 0xf6) === 0xf0;
  if (!isSync) return null;
  const length = (bytes.readUIntBE(offset + 3, 3) >> 5) & 0x1fff;
  return length > headerLength(bytes, offset) ? length : null;
}

function headerLength(bytes: Buffer, offset: number): number {
  const isWithoutCrc = (bytes.readUInt8(offset + 1) & 1) === 1;
  return isWithoutCrc ? HEADER_BYTES : HEADER_BYTES + CRC_BYTES;
}
