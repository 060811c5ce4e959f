/** What a host's encoder says of its stream: `onMetaData` (FLV annex E.5), whose values are AMF0. */
export type StreamMetadata = {
  /** Empty where nothing is said. */
  readonly title: string;
  readonly artist: string;
};

const AMF0_STRING = 0x02;
const SET_DATA_FRAME = amfString("@setDataFrame");
const ON_METADATA = amfString("onMetaData");
const MAX_TEXT = 300;

/**
 * The script data of an FLV tag that an RTMP data message stands for: without the `@setDataFrame` by which encoders
 * ask a server to keep it. Null for all but metadata.
 */
export function metadataScript(message: Buffer): Buffer | null {
  const script = startsWith(message, SET_DATA_FRAME) ? message.subarray(SET_DATA_FRAME.length) : message;
  return startsWith(script, ON_METADATA) ? script : null;
}

/** Title and artist in a script of `metadataScript`; what is not text, or cut off, counts as nothing said. */
export function readStreamMetadata(script: Buffer): StreamMetadata {
  return { title: textIn(script, "title"), artist: textIn(script, "artist") };
}

/** The property's name with its length before it, and a string's marker after it, are found wherever they stand. */
function textIn(script: Buffer, property: string): string {
  const key = Buffer.concat([amfString(property).subarray(1), Buffer.from([AMF0_STRING])]);
  const start = script.indexOf(key) + key.length;
  if (start < key.length || script.length < start + 2) return "";
  return script
    .toString("utf8", start + 2, start + 2 + script.readUInt16BE(start))
    .replace(/\p{C}+/gu, " ")
    .trim()
    .slice(0, MAX_TEXT)
    .toWellFormed();
}

function amfString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([AMF0_STRING, bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function startsWith(bytes: Buffer, beginning: Buffer): boolean {
  return bytes.subarray(0, beginning.length).equals(beginning);
}
