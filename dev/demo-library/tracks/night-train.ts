import { bass, pluck, strings } from "../instruments.ts";
import { brush, hat, kick } from "../percussion.ts";
import { pingPong, reverberate } from "../room.ts";
import { chords, cycled, melody, pitch } from "../score.ts";
import { ARTIST, createStems, mixDown, play, type Track } from "./track.ts";

const BEAT = 60 / 116;
const BARS = 34;

const CHORDS = chords("A3 C4 E4 A4 | F3 A3 C4 E4 | C4 E4 G4 B4 | G3 B3 D4 A4");
const ROOTS = ["A1", "F2", "C2", "G2"].map(pitch);
/** Order in which the strings of a chord are plucked, one each eighth. */
const PATTERN = [0, 2, 1, 3, 2, 1, 3, 2];

const TUNE = `
  E5:1 -:0.5 D5:0.5 C5:1 A4:1 | C5:1.5 A4:0.5 F4:2 | G4:1 -:0.5 C5:0.5 E5:1 G5:1 | D5:3 -:1 |
  E5:1 -:0.5 G5:0.5 A5:1 E5:1 | F5:1.5 E5:0.5 C5:2 | E5:1 D5:1 C5:1 G4:1 | B4:2 D5:1.5 -:0.5 |`;
const LAST = "A4:8";

/** A minor, 116 beats a minute: plucked strings over brushes that run like wheels over rails. */
export const nightTrain: Track = {
  file: "02-night-train",
  title: "Night Train",
  artist: ARTIST,
  spoken: { text: "Next stop: Night Train. On Radio Dream.", voice: "en-us+m3", speed: 150 },
  render() {
    const seconds = BARS * 4 * BEAT;
    const stems = createStems(seconds, ["pluck", "lead", "pad", "low", "drums"]);
    for (let bar = 0; bar < BARS; bar++) {
      const start = bar * 4;
      const ending = bar >= 32;
      const chord = ending ? cycled(CHORDS, 0) : cycled(CHORDS, bar);
      const root = ending ? cycled(ROOTS, 0) : cycled(ROOTS, bar);
      const picked = PATTERN.map((string, eighth) => {
        return { beat: start + eighth / 2, beats: 1, frequency: cycled(chord, string) };
      });
      play(pluck, stems.pluck, picked, { beat: BEAT, velocity: bar < 8 ? 0.62 : 0.52, pan: -0.35 });
      for (const frequency of chord.slice(0, 3)) {
        const held = { start: start * BEAT, length: 4 * BEAT, frequency, velocity: bar < 16 ? 0.2 : 0.3, pan: 0.1 };
        strings(stems.pad, { ...held, attack: bar === 0 ? 0.02 : 0.3, brightness: bar < 16 ? 600 : 1100 });
      }
      if (bar >= 2) {
        const walk = [root, root, root * 1.5, root * 2].map((frequency, i) => ({
          beat: start + i,
          beats: 0.8,
          frequency,
        }));
        play(bass, stems.low, walk, { beat: BEAT, velocity: 0.66, pan: 0 });
      }
      if (bar >= 4) railsBar(stems.drums, start);
    }
    play(pluck, stems.lead, melody(TUNE, 32), { beat: BEAT, velocity: 0.95, pan: 0.3, legato: 1.1 });
    play(pluck, stems.lead, melody(TUNE, 64), { beat: BEAT, velocity: 1, pan: 0.3, legato: 1.1 });
    play(pluck, stems.lead, melody(TUNE + LAST, 96), { beat: BEAT, velocity: 1, pan: 0.3, legato: 1.1 });
    return mixDown(seconds, [
      [stems.pluck, 0.9],
      [stems.lead, 1.05],
      [stems.pad, 0.7],
      [stems.low, 0.66],
      [stems.drums, 0.46],
      [pingPong(stems.lead, BEAT * 0.75, 0.45), 0.4],
      [reverberate(stems.pluck, 1.4, 5000), 0.2],
      [reverberate(stems.drums, 0.9, 5000), 0.1],
    ]);
  },
};

function railsBar(bus: Parameters<typeof kick>[0], start: number): void {
  for (let beat = 0; beat < 4; beat++) {
    const time = (start + beat) * BEAT;
    if (beat % 2 === 0) kick(bus, time, 0.6);
    else brush(bus, time, 0.8);
    brush(bus, time + BEAT / 2, 0.28);
    hat(bus, time + BEAT / 2, 0.6);
    hat(bus, time + BEAT * 0.75, 0.34);
  }
}
