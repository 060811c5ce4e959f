/** Reads a segment back by ISO 13818-1 alone, for tests: strict, and knowing nothing of how it was written. */

export type ReadPes = { pts: number; pcr: number; audio: Uint8Array };
export type ReadSegment = { tableCounters: number[]; audioCounters: number[]; pes: ReadPes[] };

type Packet = { pid: number; unitStart: boolean; counter: number; adaptation: Uint8Array; payload: Uint8Array };

export function readSegment(bytes: Uint8Array): ReadSegment {
  const packets = readPackets(bytes);
  const [association, map, ...audio] = packets;
  if (association?.pid !== 0 || map?.pid !== 0x1000) throw new Error("the tables are missing");
  if (audio.some(({ pid }) => pid !== 0x100)) throw new Error("a packet of another PID amid the audio");
  const starts = audio.flatMap(({ unitStart }, index) => (unitStart ? [index] : []));
  if (starts[0] !== 0) throw new Error("the audio does not begin with a PES packet");
  return {
    tableCounters: [association.counter, map.counter],
    audioCounters: audio.map(({ counter }) => counter),
    pes: starts.map((start, index) => readPes(audio.slice(start, starts[index + 1]))),
  };
}

/** Bytes of each raw AAC frame in ADTS, its header included. */
export function adtsFrames(audio: Uint8Array): number[] {
  const sizes: number[] = [];
  for (let offset = 0; offset < audio.length; offset += sizes.at(-1) ?? 0) {
    const [first = 0, second = 0, , fourth = 0, fifth = 0, sixth = 0] = audio.subarray(offset, offset + 6);
    if (first !== 0xff || second !== 0xf1) throw new Error("lost the ADTS syncword");
    sizes.push(((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5));
  }
  return sizes;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

function readPackets(bytes: Uint8Array): Packet[] {
  if (bytes.length % 188 !== 0) throw new Error(`${bytes.length} bytes are no whole packets`);
  return Array.from({ length: bytes.length / 188 }, (_, index) => {
    const packet = bytes.subarray(index * 188, (index + 1) * 188);
    const [sync = 0, second = 0, third = 0, flags = 0, length = 0] = packet;
    if (sync !== 0x47 || (flags & 0xd0) !== 0x10) throw new Error("lost sync, scrambled, or without payload");
    const hasAdaptation = (flags & 0x20) !== 0;
    if (hasAdaptation && length > 182) throw new Error("the adaptation field leaves no payload");
    const begin = 4 + (hasAdaptation ? 1 + length : 0);
    return {
      pid: ((second & 0x1f) << 8) | third,
      unitStart: (second & 0x40) !== 0,
      counter: flags & 0x0f,
      adaptation: packet.subarray(4, begin),
      payload: packet.subarray(begin),
    };
  });
}

function readPes(packets: Packet[]): ReadPes {
  const pes = joined(packets.map(({ payload }) => payload));
  const view = new DataView(pes.buffer);
  if (view.getUint32(0) !== 0x000001c0) throw new Error("not an audio PES");
  if (view.getUint16(4) !== pes.length - 6) throw new Error("PES_packet_length does not fit");
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = pes.subarray(9, 14);
  if ((a & 0xf1) !== 0x21 || (c & 1) !== 1 || (e & 1) !== 1) throw new Error("PTS markers");
  const pts = ((a >> 1) & 7) * 2 ** 30 + ((b << 7) | (c >> 1)) * 2 ** 15 + ((d << 7) | (e >> 1));
  const adaptation = packets[0]?.adaptation ?? new Uint8Array();
  if (((adaptation[1] ?? 0) & 0x10) === 0) throw new Error("a PES packet without PCR");
  const clock = new DataView(adaptation.slice().buffer);
  const pcr = clock.getUint32(2) * 2 + (clock.getUint8(6) >> 7);
  if ((clock.getUint16(6) & 0x7fff) !== 0x7e00) throw new Error("the PCR's reserved bits or extension");
  return { pts, pcr, audio: pes.subarray(9 + (pes[8] ?? 0)) };
}
