import { bass, musicBox, strings } from "../instruments.ts";
import { brush, hat } from "../percussion.ts";
import { reverberate } from "../room.ts";
import { chords, cycled, melody, pitch } from "../score.ts";
import { ARTIST, createStems, mixDown, play, type Track } from "./track.ts";

const BEAT = 60 / 98;
const BARS = 36;

const CHORDS = chords(`
  D4 F#4 A4 | A3 C#4 E4 | B3 D4 F#4 | F#3 A3 C#4 | G3 B3 D4 | D4 F#4 A4 | E4 G4 B4 | A3 C#4 G4`);
const ROOTS = ["D2", "C#2", "B1", "A1", "G1", "F#1", "E2", "A1"].map(pitch);

const TUNE_HIGH = `
  F#5:2 A5 | E5:2 C#5 | D5 E5 F#5 | C#5:3 | B4 C#5 D5 | A5:2 F#5 | G5 F#5 E5 | E5:2 -:1 |`;
const TUNE_HOME = `
  F#5:2 A5 | B5:2 A5 | F#5 E5 D5 | C#5:2 F#5 | G5 B5 D6 | A5:2 F#5 | E5 G5 C#5 | D5:2 -:1 |`;

/** D major waltz, 98 beats a minute: a music box and slow strings. */
export const paperLanterns: Track = {
  file: "03-paper-lanterns",
  title: "Paper Lanterns",
  artist: ARTIST,
  spoken: {
    text: "You are listening to Radio Dream. This is: Paper Lanterns.",
    voice: "en-gb-scotland+f2",
    speed: 140,
  },
  render() {
    const seconds = BARS * 3 * BEAT;
    const stems = createStems(seconds, ["box", "turn", "pad", "low", "drums"]);
    for (let bar = 0; bar < BARS; bar++) {
      const start = bar * 3;
      const ending = bar >= 34;
      const chord = cycled(CHORDS, ending ? 0 : Math.max(0, bar - 2));
      const root = cycled(ROOTS, ending ? 0 : Math.max(0, bar - 2));
      for (const frequency of chord) {
        const held = { start: start * BEAT, length: 3 * BEAT, frequency, velocity: 0.4, pan: 0 };
        strings(stems.pad, { ...held, attack: bar === 0 ? 0.02 : 0.35, brightness: bar < 18 ? 1300 : 2000 });
      }
      const turning = [0, 1, 2, 1, 2, 1].map((i, eighth) => {
        return { beat: start + eighth / 2, beats: 1, frequency: cycled(chord, i) * 2 };
      });
      play(musicBox, stems.turn, turning, { beat: BEAT, velocity: 0.22, pan: -0.4 });
      play(bass, stems.low, [{ beat: start, beats: 2.6, frequency: root }], { beat: BEAT, velocity: 0.7, pan: 0 });
      if (bar >= 10) waltzBar(stems.drums, start);
    }
    play(musicBox, stems.box, melody(TUNE_HIGH, 6), { beat: BEAT, velocity: 0.6, pan: 0.25 });
    play(musicBox, stems.box, melody(TUNE_HOME, 30), { beat: BEAT, velocity: 0.7, pan: 0.25 });
    play(musicBox, stems.box, melody(TUNE_HIGH, 54), { beat: BEAT, velocity: 0.75, pan: 0.25 });
    play(musicBox, stems.box, melody(TUNE_HOME, 78), { beat: BEAT, velocity: 0.8, pan: 0.25 });
    play(musicBox, stems.box, melody("D6:1 A5:1 F#5:1 | D5:3", 102), { beat: BEAT, velocity: 0.7, pan: 0.25 });
    return mixDown(seconds, [
      [stems.box, 0.9],
      [stems.turn, 0.8],
      [stems.pad, 0.7],
      [stems.low, 0.75],
      [stems.drums, 0.42],
      [reverberate(stems.box, 2.6, 6000), 0.4],
      [reverberate(stems.turn, 2.6, 6000), 0.35],
      [reverberate(stems.pad, 2.2, 3000), 0.2],
    ]);
  },
};

function waltzBar(bus: Parameters<typeof brush>[0], start: number): void {
  brush(bus, (start + 1) * BEAT, 0.5);
  brush(bus, (start + 2) * BEAT, 0.6);
  hat(bus, start * BEAT, 0.5);
  hat(bus, (start + 2.5) * BEAT, 0.3);
}
