import { at, type Bus, createBus, createLowPass, RATE } from "./sound.ts";

/** Ms of each delay line: mutually prime lengths, so that their echoes never fall together. */
const LINES_MS = [29.7, 37.1, 41.1, 43.7, 53.3, 59.9, 67.3, 73.1];

/**
 * The same sound in a room: eight delay lines that feed one another through a Householder matrix. `seconds` is the
 * time in which the echo falls by 60 dB, `damping` the cutoff in Hz of what the walls give back.
 */
export function reverberate(dry: Bus, seconds: number, damping: number): Bus {
  const wet = createBus(dry.left.length / RATE);
  const lines = LINES_MS.map((ms) => ({
    samples: new Float32Array(Math.round((ms / 1000) * RATE)),
    head: 0,
    gain: 10 ** ((-3 * ms) / 1000 / seconds),
    soften: createLowPass(damping),
  }));
  for (let i = 0; i < wet.left.length; i++) {
    const heard = lines.map((line) => line.soften(at(line.samples, line.head)) * line.gain);
    const shared = (2 / lines.length) * heard.reduce((sum, value) => sum + value, 0);
    lines.forEach((line, n) => {
      const input = n % 2 === 0 ? at(dry.left, i) : at(dry.right, i);
      line.samples[line.head] = 0.3 * input + (heard[n] ?? 0) - shared;
      line.head = (line.head + 1) % line.samples.length;
    });
    heard.forEach((value, n) => {
      const side = n % 2 === 0 ? wet.left : wet.right;
      side[i] = at(side, i) + value;
    });
  }
  return wet;
}

/** Echoes that go from side to side, `seconds` apart, each `feedback` times as loud as the one before. */
export function pingPong(dry: Bus, seconds: number, feedback: number): Bus {
  const wet = createBus(dry.left.length / RATE);
  const gap = Math.round(seconds * RATE);
  const soften = createLowPass(3000);
  for (let i = gap; i < wet.left.length; i++) {
    wet.left[i] = soften(0.5 * (at(dry.left, i - gap) + at(dry.right, i - gap)) + feedback * at(wet.right, i - gap));
    wet.right[i] = feedback * at(wet.left, i - gap);
  }
  return wet;
}
