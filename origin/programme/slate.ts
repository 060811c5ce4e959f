import { CHANNELS, SAMPLE_RATE, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import type { PcmSource } from "./pcm-source.ts";

const LOOP_SECONDS = 8;
const LOOP_SAMPLES = LOOP_SECONDS * SAMPLE_RATE;
/** A soft chord. All pitches and swells are multiples of 1/8 Hz, so that the loop closes on itself. */
const VOICES = [
  { hertz: 220, swell: 1 / 8, pan: 0.5 },
  { hertz: 277.125, swell: 2 / 8, pan: 0.3 },
  { hertz: 329.625, swell: 3 / 8, pan: 0.7 },
  { hertz: 440, swell: 2 / 8, pan: 0.6 },
] as const;
const VOICE_PEAK = 5500;

/** The last resort when nothing else can play: a soft swelling chord, the same on every origin, and never silent. */
export function createSlate(): PcmSource {
  return {
    id: "slate",
    source: "slate",
    ready: true,
    starving: false,
    heard: { title: "Please stand by", artist: "" },
    framesLeft: () => null,
    pass: () => {},
    read(out, frame) {
      const start = (frame * SAMPLES_PER_FRAME) % LOOP_SAMPLES;
      out.fill(0);
      for (const [index, { hertz, swell, pan }] of VOICES.entries()) {
        for (let i = 0; i < SAMPLES_PER_FRAME; i++) {
          const turn = (2 * Math.PI * (start + i)) / SAMPLE_RATE;
          const gain = VOICE_PEAK * (0.7 + 0.3 * Math.sin(turn * swell + index));
          const tone = gain * Math.sin(turn * hertz);
          out[i * CHANNELS] = (out[i * CHANNELS] ?? 0) + tone * (1 - pan);
          out[i * CHANNELS + 1] = (out[i * CHANNELS + 1] ?? 0) + tone * pan;
        }
      }
    },
  };
}
