import { PCM_RATE } from "./audio/sound.ts";
import { startChild } from "./child.ts";

/** A live host whose sound we make sample by sample, so that it is known when each was handed to ffmpeg. */
export type Microphone = {
  /** Lets a tone be heard for a while; resolves with the Unix ms at which its first sample was handed over. */
  beep(frequency: number, milliseconds: number): Promise<number>;
  readonly running: boolean;
  /** Ends the host as a power cut would. */
  kill(): Promise<string>;
  stop(): Promise<string>;
};

const BLOCK_MS = 20;
const BLOCK_SAMPLES = (PCM_RATE * BLOCK_MS) / 1000;
const HUM_AMPLITUDE = 0.1;
const BEEP_AMPLITUDE = 0.4;

type Beep = { frequency: number; samplesLeft: number; begun: (at: number) => void };

/** Between beeps the host hums at `hum` Hz. `format` is how ffmpeg packs it for `url`. */
export async function startMicrophone(url: string, hum = 330, format = ["-f", "flv"]): Promise<Microphone> {
  const input = ["-f", "s16le", "-ar", String(PCM_RATE), "-ac", "2", "-probesize", "32", "-i", "pipe:0"];
  const output = ["-c:a", "aac", "-b:a", "128k", "-flush_packets", "1", ...format, url];
  const child = await startChild("ffmpeg", ["-hide_banner", "-loglevel", "warning", ...input, ...output], {
    stdin: true,
  });
  const beeps: Beep[] = [];
  let sample = 0;
  const began = performance.now();

  const block = (): Buffer => {
    const pcm = Buffer.alloc(BLOCK_SAMPLES * 4);
    const [beep] = beeps;
    for (let index = 0; index < BLOCK_SAMPLES; index++, sample++) {
      const time = (2 * Math.PI * sample) / PCM_RATE;
      const tone = beep ? BEEP_AMPLITUDE * Math.sin(beep.frequency * time) : 0;
      const value = Math.round((HUM_AMPLITUDE * Math.sin(hum * time) + tone) * 32_767);
      pcm.writeInt16LE(value, index * 4);
      pcm.writeInt16LE(value, index * 4 + 2);
    }
    if (beep) {
      beep.begun(Date.now());
      beep.samplesLeft -= BLOCK_SAMPLES;
      if (beep.samplesLeft <= 0) beeps.shift();
    }
    return pcm;
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - began) * PCM_RATE) / 1000;
    while (child.running && sample < due) child.stdin?.write(block());
  }, BLOCK_MS / 2);

  return {
    beep: (frequency, milliseconds) =>
      new Promise((begun) => {
        beeps.push({ frequency, samplesLeft: (milliseconds * PCM_RATE) / 1000, begun });
      }),
    get running() {
      return child.running;
    },
    kill: () => {
      clearInterval(timer);
      child.kill("SIGKILL");
      return child.ended;
    },
    stop: () => {
      clearInterval(timer);
      child.stdin?.end();
      return child.stop();
    },
  };
}
