import type { Sounding } from "../instruments.ts";
import type { Note } from "../score.ts";
import { type Bus, createBus, mixInto, shapeEnds } from "../sound.ts";

export type Track = {
  /** Name of the file, without its extension. */
  file: string;
  title: string;
  artist: string;
  /** What the voice says over the beginning, and how: an espeak-ng voice and words a minute. */
  spoken: { text: string; voice: string; speed: number };
  render(): Bus;
};

export const ARTIST = "The Demo Library";

/** Plays notes of a score on an instrument, at a tempo given as seconds per beat. */
export function play(
  instrument: (bus: Bus, sounding: Sounding) => void,
  bus: Bus,
  notes: readonly Note[],
  manner: { beat: number; velocity: number; pan: number; legato?: number },
): void {
  notes.forEach((note, i) => {
    const accent = Number.isInteger(note.beat) ? 1 : 0.86;
    instrument(bus, {
      start: note.beat * manner.beat + 0.004 * Math.sin(i * 12.9898),
      length: note.beats * manner.beat * (manner.legato ?? 0.95),
      frequency: note.frequency,
      velocity: manner.velocity * accent,
      pan: manner.pan,
    });
  });
}

/** Buses of one track that are mixed with different amounts of room. */
export function createStems<Name extends string>(seconds: number, names: readonly Name[]): Record<Name, Bus> {
  return Object.fromEntries(names.map((name) => [name, createBus(seconds)])) as Record<Name, Bus>;
}

/** The sum of buses, each with its gain, with ends that neither click nor fall silent. */
export function mixDown(seconds: number, parts: readonly [Bus, number][]): Bus {
  const mix = createBus(seconds);
  for (const [bus, gain] of parts) mixInto(mix, bus, gain);
  shapeEnds(mix, 1.6, 0.3);
  return mix;
}
