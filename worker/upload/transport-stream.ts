const PACKET_BYTES = 188;
const SYNC_BYTE = 0x47;
const PAT_PID = 0;

/** Why the bytes are no segment of ours (ISO 13818-1, 2.4.3: packets of 188 bytes, the PAT first); null when they are. */
export function transportStreamFault(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "it is empty";
  if (bytes.length % PACKET_BYTES !== 0) return `its length is no multiple of ${PACKET_BYTES}`;
  for (let offset = 0; offset < bytes.length; offset += PACKET_BYTES) {
    if (bytes[offset] !== SYNC_BYTE) return `packet ${offset / PACKET_BYTES} does not begin with the sync byte`;
  }
  const [, second = 0, third = 0] = bytes;
  const pid = ((second & 0x1f) << 8) | third;
  const startsSection = (second & 0x40) !== 0;
  return pid === PAT_PID && startsSection ? null : "it does not begin with the PAT";
}
