import { bass, electricPiano, strings } from "../instruments.ts";
import { kick, shaker, wave } from "../percussion.ts";
import { reverberate } from "../room.ts";
import { chords, cycled, melody, pitch } from "../score.ts";
import { ARTIST, createStems, mixDown, play, type Track } from "./track.ts";

const BEAT = 60 / 84;
const BARS = 24;

const CHORDS = chords(
  `
  G3 B3 D4 F#4 | E3 G3 B3 D4 | C3 G3 B3 E4 | D3 A3 C4 F#4 |
  G3 B3 D4 F#4 | B2 F#3 A3 D4 | C3 E3 G3 B3 | D3 G3 A3 C4 |
`.replace(/\|\s*$/, ""),
);
const ROOTS = ["G1", "E2", "C2", "D2", "G1", "B1", "C2", "D2"].map(pitch);

/** Eight bars of question and answer; the second time the answer ends on the tonic. */
const TUNE = `
  B4:1.5 D5:0.5 A4:2 | G4:1 B4:0.5 A4:0.5 E4:2 | G4:1.5 E5:0.5 D5:1 B4:1 | A4:3 -:1 |
  B4:1.5 D5:0.5 F#5:1.5 E5:0.5 | D5:1 A4:1 F#4:1 A4:1 | E5:1.5 D5:0.5 B4:1 G4:1 |`;
const OPEN_END = "A4:2.5 -:1.5 |";
const CLOSED_END = "A4:0.5 B4:0.5 A4:1 F#4:2 |";

/** G major, 84 beats a minute: electric piano on a calm beach. */
export const morningTide: Track = {
  file: "01-morning-tide",
  title: "Morning Tide",
  artist: ARTIST,
  spoken: { text: "Radio Dream. Morning Tide.", voice: "en-gb+f3", speed: 135 },
  render() {
    const seconds = BARS * 4 * BEAT;
    const stems = createStems(seconds, ["keys", "lead", "pad", "low", "drums", "sea"]);
    for (let bar = 0; bar < BARS; bar++) {
      const start = bar * 4;
      const chord = cycled(CHORDS, bar);
      const rolled = chord.map((frequency, i) => ({ beat: start + i * 0.03, beats: 2.4, frequency }));
      const answer = chord.slice(1).map((frequency) => ({ beat: start + 2.5, beats: 1.4, frequency }));
      play(electricPiano, stems.keys, rolled, { beat: BEAT, velocity: 0.52, pan: -0.15 });
      play(electricPiano, stems.keys, answer, { beat: BEAT, velocity: 0.4, pan: -0.1 });
      for (const frequency of chord) {
        const held = { start: start * BEAT, length: 4 * BEAT, frequency, velocity: 0.3, pan: 0 };
        strings(stems.pad, { ...held, attack: bar === 0 ? 0.02 : 0.5, brightness: 850 });
      }
      const root = cycled(ROOTS, bar);
      const line = [
        { beat: start, beats: 1.4, frequency: root },
        { beat: start + 1.5, beats: 0.9, frequency: root * 2 },
        { beat: start + 2.5, beats: 1.4, frequency: root * 1.5 },
      ];
      play(bass, stems.low, line, { beat: BEAT, velocity: 0.62, pan: 0 });
      if (bar >= 4) drumBar(stems.drums, start, bar % 4 === 3);
      if (bar % 3 === 0) wave(stems.sea, start * BEAT, 12 * BEAT, 0.5, bar % 2 === 0 ? -0.5 : 0.5);
    }
    play(electricPiano, stems.lead, melody(TUNE + OPEN_END, 32), { beat: BEAT, velocity: 0.68, pan: 0.2 });
    play(electricPiano, stems.lead, melody(TUNE + CLOSED_END, 64), { beat: BEAT, velocity: 0.74, pan: 0.2 });
    return mixDown(seconds, [
      [stems.keys, 0.8],
      [stems.lead, 0.95],
      [stems.pad, 0.75],
      [stems.low, 0.85],
      [stems.drums, 0.6],
      [stems.sea, 0.35],
      [reverberate(stems.keys, 1.8, 4200), 0.22],
      [reverberate(stems.lead, 2.2, 4500), 0.3],
      [reverberate(stems.drums, 1.2, 5000), 0.1],
    ]);
  },
};

function drumBar(bus: Parameters<typeof kick>[0], start: number, fill: boolean): void {
  kick(bus, start * BEAT, 0.62);
  kick(bus, (start + 2.5) * BEAT, 0.45);
  for (let eighth = 0; eighth < 8; eighth++) {
    shaker(bus, (start + eighth / 2) * BEAT, eighth % 4 === 2 ? 0.9 : 0.5);
  }
  if (fill) shaker(bus, (start + 3.75) * BEAT, 0.8);
}
