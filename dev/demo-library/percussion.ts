import { addSample, type Bus, createLowPass, createNoise, RATE } from "./sound.ts";

/** Soft kick: a sine that falls from 120 to 46 Hz. */
export function kick(bus: Bus, start: number, velocity: number): void {
  let phase = 0;
  const first = Math.round(start * RATE);
  for (let i = 0; i < 0.35 * RATE; i++) {
    const t = i / RATE;
    phase += (2 * Math.PI * (46 + 74 * Math.exp(-t * 32))) / RATE;
    const level = Math.min(1, t / 0.003) * Math.exp(-t * 9) * Math.min(1, (0.35 - t) / 0.05);
    addSample(bus, first + i, 0.6 * velocity * level * Math.sin(phase), 0);
  }
}

type Hiss = { seconds: number; attack: number; decay: number; low: number; high: number; gain: number; pan: number };

function hiss(bus: Bus, start: number, velocity: number, shape: Hiss): void {
  const noise = createNoise(Math.round(start * 7919) + Math.round(shape.high));
  const under = createLowPass(shape.high);
  const over = createLowPass(shape.low);
  const first = Math.round(start * RATE);
  for (let i = 0; i < shape.seconds * RATE; i++) {
    const t = i / RATE;
    const band = under(noise());
    const level = Math.min(1, t / shape.attack) * Math.exp(-t / shape.decay) * Math.min(1, (shape.seconds - t) / 0.01);
    addSample(bus, first + i, shape.gain * velocity * level * (band - over(band)), shape.pan);
  }
}

/** A brush stroked over a snare drum. */
export function brush(bus: Bus, start: number, velocity: number): void {
  hiss(bus, start, velocity, { seconds: 0.3, attack: 0.012, decay: 0.07, low: 700, high: 5200, gain: 0.55, pan: 0.12 });
}

export function shaker(bus: Bus, start: number, velocity: number): void {
  hiss(bus, start, velocity, {
    seconds: 0.12,
    attack: 0.018,
    decay: 0.03,
    low: 4200,
    high: 11000,
    gain: 0.5,
    pan: -0.3,
  });
}

/** A closed cymbal, tapped. */
export function hat(bus: Bus, start: number, velocity: number): void {
  hiss(bus, start, velocity, {
    seconds: 0.09,
    attack: 0.001,
    decay: 0.018,
    low: 6500,
    high: 15000,
    gain: 0.5,
    pan: 0.3,
  });
}

/** A wave that rolls up a beach: slow noise, `seconds` long. */
export function wave(bus: Bus, start: number, seconds: number, velocity: number, pan: number): void {
  const noise = createNoise(Math.round(start * 331) + 17);
  const soften = createLowPass(900);
  const first = Math.round(start * RATE);
  for (let i = 0; i < seconds * RATE; i++) {
    const swell = Math.sin((Math.PI * i) / (seconds * RATE)) ** 2;
    addSample(bus, first + i, 0.5 * velocity * swell * soften(noise()), pan);
  }
}
