import { crc32Mpeg } from "./crc32.ts";
import { PAYLOAD_BYTES } from "./transport-packet.ts";

export const PAT_PID = 0;
export const PMT_PID = 0x1000;
export const AUDIO_PID = 0x100;

const PROGRAM_NUMBER = 1;
/** stream_type "ISO/IEC 13818-7 Audio with ADTS transport syntax". */
const ADTS_STREAM_TYPE = 0x0f;
/** version_number 0, current_next_indicator 1, section_number 0 of last_section_number 0. */
const VERSION_AND_SECTION = [0xc1, 0, 0];

/** program_association_section (ISO 13818-1, 2.4.4.3), as the payload of one packet: one program, and where its map is. */
export const PROGRAM_ASSOCIATION: Buffer = sectionPayload(0x00, [
  ...word(1), // transport_stream_id
  ...VERSION_AND_SECTION,
  ...word(PROGRAM_NUMBER),
  ...word(0xe000 | PMT_PID),
]);

/** TS_program_map_section (2.4.4.8), as the payload of one packet: one audio stream, which carries the PCR too. */
export const PROGRAM_MAP: Buffer = sectionPayload(0x02, [
  ...word(PROGRAM_NUMBER),
  ...VERSION_AND_SECTION,
  ...word(0xe000 | AUDIO_PID), // PCR_PID
  ...word(0xf000), // program_info_length 0
  ADTS_STREAM_TYPE,
  ...word(0xe000 | AUDIO_PID),
  ...word(0xf000), // ES_info_length 0
]);

function word(value: number): number[] {
  return [value >> 8, value & 0xff];
}

/** pointer_field, section with its CRC_32, and stuffing to the end of the packet (2.4.4.1). */
function sectionPayload(tableId: number, body: number[]): Buffer {
  const section = Buffer.from([tableId, ...word(0xb000 | (body.length + 4)), ...body]);
  const payload = Buffer.alloc(PAYLOAD_BYTES, 0xff);
  payload[0] = 0;
  section.copy(payload, 1);
  payload.writeUInt32BE(crc32Mpeg(section), 1 + section.length);
  return payload;
}
