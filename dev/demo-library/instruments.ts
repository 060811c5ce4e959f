import { addSample, type Bus, createLowPass, createNoise, RATE } from "./sound.ts";

/** Where and how a note sounds: seconds from the start, seconds held, Hz, loudness 0..1, left -1 .. right 1. */
export type Sounding = { start: number; length: number; frequency: number; velocity: number; pan: number };

const TAU = 2 * Math.PI;

function eachSample(start: number, seconds: number, visit: (index: number, t: number) => void): void {
  const first = Math.round(start * RATE);
  const count = Math.round(seconds * RATE);
  for (let i = 0; i < count; i++) visit(first + i, i / RATE);
}

/** 1 while held, then down to 0 within `release` seconds. */
function gate(t: number, length: number, release: number): number {
  if (t < length) return 1;
  const rest = 1 - (t - length) / release;
  return rest > 0 ? rest * rest : 0;
}

/** Electric piano: a sine bent by another of the same pitch, with the short ting of a struck tine. */
export function electricPiano(bus: Bus, { start, length, frequency, velocity, pan }: Sounding): void {
  const body = 1.1 + 110 / frequency;
  eachSample(start, length + 0.5, (index, t) => {
    const bend = (0.35 + 1.5 * velocity) * Math.exp(-t * 3.2);
    const tine = 0.16 * velocity * Math.exp(-t * 16) * Math.sin(TAU * frequency * 14 * t);
    const tone = Math.sin(TAU * frequency * t + bend * Math.sin(TAU * frequency * t) + tine);
    const level = Math.min(1, t / 0.004) * Math.exp(-t / body) * gate(t, length, 0.5);
    addSample(bus, index, 0.32 * velocity * level * tone, pan + 0.35 * Math.sin(TAU * 4.1 * (start + t)));
  });
}

/** Plucked string (Karplus and Strong): a burst of noise that circles in a delay line and loses its brightness. */
export function pluck(bus: Bus, { start, length, frequency, velocity, pan }: Sounding): void {
  const delay = RATE / frequency - 0.5;
  const whole = Math.floor(delay);
  const fraction = delay - whole;
  const line = new Float32Array(whole + 3);
  const noise = createNoise(Math.round(frequency * 100 + start * 1000));
  const soften = createLowPass(1800 + 5200 * velocity);
  for (let i = 0; i < line.length; i++) line[i] = soften(noise());
  let head = 0;
  const back = (samples: number) => line[(head - samples + line.length) % line.length] ?? 0;
  const between = (samples: number) => back(samples) * (1 - fraction) + back(samples + 1) * fraction;
  eachSample(start, length + 0.8, (index, t) => {
    const value = 0.499 * (between(whole) + between(whole + 1));
    line[head] = value;
    head = (head + 1) % line.length;
    addSample(bus, index, 0.75 * velocity * value * gate(t, length, 0.8), pan);
  });
}

/** Music box: a comb of steel, whose upper partials are not harmonic and die away first. */
export function musicBox(bus: Bus, { start, frequency, velocity, pan }: Sounding): void {
  const partials = [
    { ratio: 1, level: 1, decay: 1.5 },
    { ratio: 2.0, level: 0.24, decay: 0.8 },
    { ratio: 3.01, level: 0.16, decay: 0.4 },
    { ratio: 6.27, level: 0.1, decay: 0.09 },
  ];
  eachSample(start, 3.2, (index, t) => {
    let tone = 0;
    for (const { ratio, level, decay } of partials) {
      tone += level * Math.exp(-t / decay) * Math.sin(TAU * frequency * ratio * t);
    }
    addSample(bus, index, 0.3 * velocity * Math.min(1, t / 0.002) * Math.min(1, (3.2 - t) / 0.3) * tone, pan);
  });
}

/** Glass bell: a sine bent by another at 3.5 times its pitch, long in the air. */
export function bell(bus: Bus, { start, frequency, velocity, pan }: Sounding): void {
  eachSample(start, 5, (index, t) => {
    const bend = 1.5 * velocity * Math.exp(-t * 1.9);
    const tone = Math.sin(TAU * frequency * t + bend * Math.sin(TAU * frequency * 3.5 * t));
    const octave = 0.3 * Math.exp(-t * 1.2) * Math.sin(TAU * frequency * 2 * t);
    const level = Math.min(1, t / 0.006) * Math.exp(-t / 1.7) * Math.min(1, (5 - t) / 0.5);
    addSample(bus, index, 0.26 * velocity * level * (tone + octave), pan);
  });
}

/** Strings: three saws a little out of tune, softened, swelling slowly; `brightness` is the cutoff in Hz. */
export function strings(bus: Bus, sounding: Sounding & { attack: number; brightness: number }): void {
  const { start, length, frequency, velocity, pan, attack, brightness } = sounding;
  const voices = [-0.0035, 0.0005, 0.0041].map((detune, i) => ({
    step: (frequency * (1 + detune)) / RATE,
    phase: (i * 0.37 + frequency * 0.013) % 1,
    pan: Math.max(-1, Math.min(1, pan + (i - 1) * 0.6)),
    first: createLowPass(brightness),
    second: createLowPass(brightness * 1.6),
  }));
  const release = 0.9;
  eachSample(start, length + release, (index, t) => {
    const level = 0.16 * velocity * Math.sin((Math.PI / 2) * Math.min(1, t / attack)) * gate(t, length, release);
    for (const voice of voices) {
      voice.phase = (voice.phase + voice.step) % 1;
      const saw = 2 * voice.phase - 1 - blep(voice.phase, voice.step);
      addSample(bus, index, level * voice.second(voice.first(saw)), voice.pan);
    }
  });
}

/** Rounds off the jump of a saw, so that it does not alias (polyBLEP). */
function blep(phase: number, step: number): number {
  if (phase < step) {
    const x = phase / step;
    return x + x - x * x - 1;
  }
  if (phase > 1 - step) {
    const x = (phase - 1) / step;
    return x * x + x + x + 1;
  }
  return 0;
}

/** Round bass: a sine with a little of its octave and twelfth, so that it is heard on small speakers too. */
export function bass(bus: Bus, { start, length, frequency, velocity, pan }: Sounding): void {
  eachSample(start, length + 0.12, (index, t) => {
    const phase = TAU * frequency * t;
    const tone =
      Math.sin(phase) + 0.34 * Math.exp(-t * 3) * Math.sin(2 * phase) + 0.2 * Math.exp(-t * 6) * Math.sin(3 * phase);
    const level = Math.min(1, t / 0.008) * (0.35 + 0.65 * Math.exp(-t * 1.8)) * gate(t, length, 0.12);
    addSample(bus, index, 0.42 * velocity * level * tone, pan);
  });
}
