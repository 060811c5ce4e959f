const SEMITONES: Record<string, number> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

/** Frequency in Hz of a note written as `C4`, `F#3`, `Bb5` (equal temperament, A4 = 440 Hz). */
export function pitch(name: string): number {
  const [, letter = "", accidental = "", octave = ""] = /^([A-G])([#b]?)(\d)$/.exec(name) ?? [];
  const semitone = SEMITONES[letter];
  if (semitone === undefined) throw new Error(`"${name}" is not a note`);
  const shift = accidental === "#" ? 1 : accidental === "b" ? -1 : 0;
  return 440 * 2 ** ((semitone + shift + 12 * (Number(octave) + 1) - 69) / 12);
}

export type Note = { beat: number; beats: number; frequency: number };

/** Reads `G4:1.5 -:0.5 A4` as notes one after the other; `:beats` is 1 when left out and `-` is a rest. */
export function melody(text: string, startBeat = 0): Note[] {
  const notes: Note[] = [];
  let beat = startBeat;
  for (const word of text.split(/[\s|]+/).filter(Boolean)) {
    const [name = "", length = "1"] = word.split(":");
    const beats = Number(length);
    if (name !== "-") notes.push({ beat, beats, frequency: pitch(name) });
    beat += beats;
  }
  return notes;
}

/** Reads one chord a bar: `G3 B3 D4 F#4 | C3 E3 ...`. */
export function chords(text: string): number[][] {
  return text.split("|").map((bar) => bar.trim().split(/\s+/).map(pitch));
}

/** The element of an endlessly repeated list. */
export function cycled<T>(list: readonly T[], index: number): T {
  const element = list[index % list.length];
  if (element === undefined) throw new Error("nothing to repeat");
  return element;
}
