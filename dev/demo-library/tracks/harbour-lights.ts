import { bass, bell, strings } from "../instruments.ts";
import { brush, kick } from "../percussion.ts";
import { pingPong, reverberate } from "../room.ts";
import { chords, cycled, melody, pitch } from "../score.ts";
import { ARTIST, createStems, mixDown, play, type Track } from "./track.ts";

const BEAT = 60 / 66;
const BARS = 19;

const CHORDS = chords(`
  Eb3 G3 Bb3 D4 | C3 G3 Bb3 Eb4 | Ab2 Eb3 G3 C4 | Bb2 F3 Ab3 D4 |
  Eb3 G3 Bb3 F4 | G3 Bb3 D4 F4 | Ab2 C4 Eb4 G4 | Bb2 Eb3 F3 Bb3`);
const ROOTS = ["Eb2", "C2", "Ab1", "Bb1", "Eb2", "G1", "Ab1", "Bb1"].map(pitch);

const TUNE = `
  Bb4:2 G5:1 F5:1 | Eb5:3 D5:1 | C5:2 Eb5:1 G5:1 | F5:4 |
  G5:2 Bb5:1 F5:1 | D5:3 F5:1 | Eb5:1 C5:1 G5:2 | F5:2.5 -:1.5 |`;

/** E flat major, 66 beats a minute: glass bells over warm strings. */
export const harbourLights: Track = {
  file: "04-harbour-lights",
  title: "Harbour Lights",
  artist: ARTIST,
  spoken: { text: "Harbour Lights. Good night from Radio Dream.", voice: "en-gb+m7", speed: 125 },
  render() {
    const seconds = BARS * 4 * BEAT;
    const stems = createStems(seconds, ["bells", "pad", "low", "drums"]);
    for (let bar = 0; bar < BARS; bar++) {
      const start = bar * 4;
      const chord = bar === BARS - 1 ? cycled(CHORDS, 0) : cycled(CHORDS, bar);
      const root = bar === BARS - 1 ? cycled(ROOTS, 0) : cycled(ROOTS, bar);
      chord.forEach((frequency, i) => {
        const held = { start: start * BEAT, length: 4 * BEAT, frequency, velocity: 0.62, pan: (i - 1.5) * 0.25 };
        strings(stems.pad, { ...held, attack: bar === 0 ? 0.02 : 0.8, brightness: 700 + 40 * bar });
      });
      const line = [
        { beat: start, beats: 2.4, frequency: root },
        { beat: start + 2.5, beats: 0.5, frequency: root * 1.5 },
        { beat: start + 3, beats: 0.9, frequency: root * 2 },
      ];
      play(bass, stems.low, line, { beat: BEAT, velocity: 0.66, pan: 0 });
      if (bar >= 4 && bar < BARS - 1) {
        kick(stems.drums, start * BEAT, 0.5);
        brush(stems.drums, (start + 1) * BEAT, 0.4);
        brush(stems.drums, (start + 3) * BEAT, 0.5);
        kick(stems.drums, (start + 2.5) * BEAT, 0.34);
      }
      const spark = chord.map((frequency, i) => ({ beat: start + 2 + i * 0.25, beats: 1, frequency: frequency * 4 }));
      if (bar % 2 === 1) play(bell, stems.bells, spark, { beat: BEAT, velocity: 0.16, pan: -0.5 });
    }
    play(bell, stems.bells, melody("G5:2 D5:2 | Eb5:4", 4), { beat: BEAT, velocity: 0.42, pan: 0.2 });
    play(bell, stems.bells, melody(TUNE, 12), { beat: BEAT, velocity: 0.6, pan: 0.15 });
    play(bell, stems.bells, melody(TUNE, 44), { beat: BEAT, velocity: 0.66, pan: 0.15 });
    return mixDown(seconds, [
      [stems.bells, 0.85],
      [stems.pad, 0.85],
      [stems.low, 0.8],
      [stems.drums, 0.5],
      [pingPong(stems.bells, BEAT * 0.75, 0.35), 0.2],
      [reverberate(stems.bells, 3.2, 5000), 0.36],
      [reverberate(stems.pad, 2.4, 2500), 0.2],
    ]);
  },
};
