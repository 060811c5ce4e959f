import { electricPiano, strings } from "../demo-library/instruments.ts";
import { reverberate } from "../demo-library/room.ts";
import { chords, cycled, melody, pitch } from "../demo-library/score.ts";
import { at, type Bus, createBus, mixInto, RATE } from "../demo-library/sound.ts";

const BEAT = 0.6;
const BARS = 8;
/** Nineteen seconds of music: a whole number of frames, 900, and of a reel's pieces, twelve. */
export const LOOP_SECONDS = BARS * 4 * BEAT;
/** What rings on beyond the end, and is heard at the beginning. */
const TAIL_SECONDS = 6;

const CHORDS = chords("D3 F#3 A3 C#4 | B2 D3 F#3 A3 | G2 B2 D3 F#3 | A2 C#3 E3 F#3");
const TUNE = melody(`
  F#4:2 A4:2 | D5:3 C#5:1 | B4:2 D5:2 | A4:4 |
  F#4:2 C#5:2 | B4:3 A4:1 | F#4:2 B4:2 | E4:4 |`);

/** D major, slow: soft strings and an electric piano, without beginning or end. */
export function composeCalmLoop(): Bus {
  const dry = createBus(LOOP_SECONDS + TAIL_SECONDS);
  for (let bar = 0; bar < BARS; bar++) {
    const start = bar * 4 * BEAT;
    for (const frequency of cycled(CHORDS, bar)) {
      const held = { start, length: 4 * BEAT, frequency: 2 * frequency, velocity: 0.22, pan: 0.2 };
      strings(dry, { ...held, attack: 0.9, brightness: 900 });
    }
    electricPiano(dry, { start, length: 4 * BEAT, frequency: pitch("D2"), velocity: 0.4, pan: 0 });
  }
  for (const { beat, beats, frequency } of TUNE) {
    electricPiano(dry, { start: beat * BEAT, length: beats * BEAT, frequency, velocity: 0.45, pan: -0.2 });
  }
  mixInto(dry, reverberate(dry, 2.5, 0.5), 0.5);
  return level(foldTail(dry, Math.round(LOOP_SECONDS * RATE)));
}

export function repeat(bus: Bus, times: number): Bus {
  const repeated = (channel: Float32Array) =>
    Float32Array.from({ length: channel.length * times }, (_, index) => at(channel, index % channel.length));
  return { left: repeated(bus.left), right: repeated(bus.right) };
}

/** Calm beside the programme: root mean square at -23 dBFS. */
function level(bus: Bus): Bus {
  const sum = bus.left.reduce((power, value) => power + value * value, 0);
  const gain = 10 ** (-23 / 20) / Math.sqrt(sum / bus.left.length);
  return { left: bus.left.map((value) => value * gain), right: bus.right.map((value) => value * gain) };
}

/** The first `samples`, to which is added what rings on after them. */
function foldTail(bus: Bus, samples: number): Bus {
  const fold = (channel: Float32Array) => {
    const folded = new Float32Array(samples);
    channel.forEach((value, index) => {
      folded[index % folded.length] = at(folded, index % folded.length) + value;
    });
    return folded;
  };
  return { left: fold(bus.left), right: fold(bus.right) };
}
