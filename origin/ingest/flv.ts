/** FLV 10.1 (Adobe Flash Video File Format Specification, annex E): the tags that carry live feeds and the programme. */

export type FlvTag = {
  /** 8 audio, 9 video, 18 script data. */
  type: 8 | 9 | 18;
  /** Unsigned ms, 32 bit. */
  timestamp: number;
  payload: Buffer;
};

export class FlvError extends Error {
  override name = "FlvError";
}

const SIGNATURE = Buffer.from("FLV\x01", "latin1");
const FILE_HEADER_BYTES = 9;
const PREVIOUS_TAG_SIZE_BYTES = 4;
const TAG_HEADER_BYTES = 11;
const DEFAULT_MAX_TAG_BYTES = 1 << 20;

/** FLV header that announces audio only, so that players do not wait for video, and the first PreviousTagSize. */
export const FLV_AUDIO_HEADER: Buffer = Buffer.from([...SIGNATURE, 0x04, 0, 0, 0, FILE_HEADER_BYTES, 0, 0, 0, 0]);

/** One tag with its header and its PreviousTagSize. */
export function encodeFlvTag({ type, timestamp, payload }: FlvTag): Buffer {
  const tag = Buffer.alloc(TAG_HEADER_BYTES + payload.length + PREVIOUS_TAG_SIZE_BYTES);
  tag[0] = type;
  tag.writeUIntBE(payload.length, 1, 3);
  tag.writeUIntBE(timestamp & 0xffffff, 4, 3);
  tag[7] = timestamp >>> 24;
  payload.copy(tag, TAG_HEADER_BYTES);
  tag.writeUInt32BE(TAG_HEADER_BYTES + payload.length, TAG_HEADER_BYTES + payload.length);
  return tag;
}

/**
 * Reads tags out of an FLV byte stream, in whatever pieces it comes. Payloads are copies that may be kept. Holds at
 * most one tag; throws FlvError on what is not FLV or exceeds `maxTagBytes`, after which it must not be used again.
 */
export class FlvReader {
  readonly #onTag: (tag: FlvTag) => void;
  readonly #maxTagBytes: number;
  #pending: Buffer = Buffer.alloc(0);
  #headerRead = false;

  constructor(onTag: (tag: FlvTag) => void, maxTagBytes: number = DEFAULT_MAX_TAG_BYTES) {
    this.#onTag = onTag;
    this.#maxTagBytes = maxTagBytes;
  }

  push(chunk: Buffer): void {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let offset = this.#headerRead ? 0 : this.#readFileHeader(bytes);
    if (this.#headerRead) {
      for (let size = this.#tagBytes(bytes, offset); size !== null; size = this.#tagBytes(bytes, offset)) {
        this.#onTag(readTag(bytes.subarray(offset, offset + size)));
        offset += size;
      }
    }
    this.#pending = Buffer.from(bytes.subarray(offset));
  }

  #readFileHeader(bytes: Buffer): number {
    const seen = Math.min(bytes.length, SIGNATURE.length);
    if (!bytes.subarray(0, seen).equals(SIGNATURE.subarray(0, seen))) throw new FlvError("not an FLV stream");
    if (bytes.length < FLV_AUDIO_HEADER.length) return 0;
    if (bytes.readUInt32BE(5) !== FILE_HEADER_BYTES) throw new FlvError("FLV header of unknown length");
    this.#headerRead = true;
    return FLV_AUDIO_HEADER.length;
  }

  /** Bytes of the tag at `offset`; null while it is incomplete. */
  #tagBytes(bytes: Buffer, offset: number): number | null {
    if (bytes.length - offset < TAG_HEADER_BYTES) return null;
    const type = bytes[offset];
    if (type !== 8 && type !== 9 && type !== 18) throw new FlvError(`FLV tag of unknown type ${type}`);
    const payloadBytes = bytes.readUIntBE(offset + 1, 3);
    if (payloadBytes > this.#maxTagBytes) throw new FlvError(`FLV tag of ${payloadBytes} bytes`);
    const size = TAG_HEADER_BYTES + payloadBytes + PREVIOUS_TAG_SIZE_BYTES;
    if (bytes.length - offset < size) return null;
    const previous = bytes.readUInt32BE(offset + size - PREVIOUS_TAG_SIZE_BYTES);
    if (previous !== size - PREVIOUS_TAG_SIZE_BYTES)
      throw new FlvError(`FLV tag of ${payloadBytes} bytes closes wrongly`);
    return size;
  }
}

function readTag(tag: Buffer): FlvTag {
  return {
    type: tag[0] as FlvTag["type"],
    timestamp: tag.readUIntBE(4, 3) + tag.readUInt8(7) * 2 ** 24,
    payload: Buffer.from(tag.subarray(TAG_HEADER_BYTES, tag.length - PREVIOUS_TAG_SIZE_BYTES)),
  };
}

/** AAC in an FLV audio tag (annex E.4.2): the AudioSpecificConfig (ISO 14496-3, 1.6.2.1) or one raw access unit. */
export type AacMessage = { kind: "header"; config: Buffer } | { kind: "frame"; data: Buffer };

const SOUND_FORMAT_AAC = 10;
/** AAC, and "44 kHz 16 bit stereo", which the specification demands whatever the AAC really is. */
const AAC_TAG_BYTE = 0xaf;

/** Null for what is not AAC, and for the empty header (`af 00`) that ffmpeg sends before the real one. */
export function parseAacMessage(payload: Buffer): AacMessage | null {
  const [first = 0, packetType] = payload;
  if (first >> 4 !== SOUND_FORMAT_AAC) return null;
  const body = payload.subarray(2);
  if (packetType === 0) return body.length >= 2 ? { kind: "header", config: body } : null;
  if (packetType === 1) return body.length >= 1 ? { kind: "frame", data: body } : null;
  return null;
}

export function encodeAacHeader(config: Buffer): Buffer {
  return Buffer.concat([Buffer.from([AAC_TAG_BYTE, 0]), config]);
}

export function encodeAacFrame(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([AAC_TAG_BYTE, 1]), data]);
}

const AMF0_STRING = 0x02;
const AMF0_LONG_STRING = 0x0c;
const MAX_SCRIPT_STRING_BYTES = 64 * 1024;

/** Script data of two AMF0 strings (AMF 0 specification, 2.4 and 2.14). */
export function encodeScript(event: string, body: string): Buffer {
  return Buffer.concat([encodeAmfString(event), encodeAmfString(body)]);
}

/** Null when the payload is not exactly two AMF0 strings of at most 64 KiB each. */
export function decodeScript(payload: Buffer): { event: string; body: string } | null {
  const event = decodeAmfString(payload);
  if (event === null) return null;
  const body = decodeAmfString(payload.subarray(event.bytes));
  if (body === null || event.bytes + body.bytes !== payload.length) return null;
  return { event: event.value, body: body.value };
}

function encodeAmfString(text: string): Buffer {
  const bytes = Buffer.from(text);
  const isLong = bytes.length > 0xffff;
  const prefix = Buffer.alloc(isLong ? 5 : 3);
  prefix[0] = isLong ? AMF0_LONG_STRING : AMF0_STRING;
  prefix.writeUIntBE(bytes.length, 1, isLong ? 4 : 2);
  return Buffer.concat([prefix, bytes]);
}

function decodeAmfString(payload: Buffer): { value: string; bytes: number } | null {
  const [marker] = payload;
  if (marker !== AMF0_STRING && marker !== AMF0_LONG_STRING) return null;
  const prefixBytes = marker === AMF0_LONG_STRING ? 5 : 3;
  if (payload.length < prefixBytes) return null;
  const length = payload.readUIntBE(1, prefixBytes - 1);
  if (length > MAX_SCRIPT_STRING_BYTES || payload.length < prefixBytes + length) return null;
  return { value: payload.toString("utf8", prefixBytes, prefixBytes + length), bytes: prefixBytes + length };
}
