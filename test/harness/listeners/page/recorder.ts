/**
 * Runs in the page before any of its scripts: catches the media element that is played, wherever the page keeps it,
 * and notes what a listener would notice.
 */

type ToneWatch = { frequency: number; threshold: number };

type Recording = {
  /** Samples of the playing position: [Unix ms, seconds], one each 50 ms. */
  positions: [number, number][];
  events: { at: number; type: string }[];
  /** Buffered ranges more than one at a time. */
  holes: number;
  /** When a watched tone began or ended to be heard, Unix ms. */
  tones: { at: number; frequency: number; heard: boolean }[];
};

type Recorder = {
  element: HTMLMediaElement | null;
  /** What was noted since the last call. */
  take(): Recording & { buffered: [number, number][] };
  watchTones(tones: ToneWatch[]): void;
};

const SAMPLE_MS = 50;
const TONE_MS = 10;
/** 2048 samples: 43 ms, one bin each 23 Hz. */
const FFT_SIZE = 2048;
const WATCHED_EVENTS = ["playing", "waiting", "stalled", "pause", "error", "ended", "seeking", "emptied"];

function createRecorder(): Recorder {
  let recording = emptyRecording();
  const recorder: Recorder = {
    element: null,
    take: () => {
      const taken = recording;
      recording = emptyRecording();
      return { ...taken, buffered: rangesOf(recorder.element) };
    },
    watchTones: (tones) => {
      if (!recorder.element) throw new Error("nothing plays yet");
      watchTones(recorder.element, tones, (tone) => recording.tones.push(tone));
    },
  };
  const adopt = (element: HTMLMediaElement) => {
    if (recorder.element === element) return;
    recorder.element = element;
    for (const type of WATCHED_EVENTS) {
      element.addEventListener(type, () => recording.events.push({ at: Date.now(), type }));
    }
  };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
    adopt(this);
    return play.call(this);
  };
  setInterval(() => {
    const { element } = recorder;
    if (!element) return;
    recording.positions.push([Date.now(), element.currentTime]);
    if (element.buffered.length > 1) recording.holes++;
  }, SAMPLE_MS);
  return recorder;
}

function emptyRecording(): Recording {
  return { positions: [], events: [], holes: 0, tones: [] };
}

function rangesOf(element: HTMLMediaElement | null): [number, number][] {
  if (!element) return [];
  return Array.from({ length: element.buffered.length }, (_, index) => [
    element.buffered.start(index),
    element.buffered.end(index),
  ]);
}

/** Listens in on the element's sound without being in its way, and tells each change. */
function watchTones(
  element: HTMLMediaElement,
  tones: ToneWatch[],
  tell: (tone: Recording["tones"][number]) => void,
): void {
  const context = new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });
  const capture = (element as HTMLMediaElement & { captureStream(): MediaStream }).captureStream();
  const analyser = new AnalyserNode(context, { fftSize: FFT_SIZE, smoothingTimeConstant: 0 });
  const connect = () => {
    if (capture.getAudioTracks().length > 0) context.createMediaStreamSource(capture).connect(analyser);
  };
  connect();
  capture.addEventListener("addtrack", connect);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const heard = new Map(tones.map(({ frequency }) => [frequency, false]));
  setInterval(() => {
    analyser.getFloatFrequencyData(bins);
    for (const { frequency, threshold } of tones) {
      const level = bins[Math.round((frequency * FFT_SIZE) / context.sampleRate)] ?? Number.NEGATIVE_INFINITY;
      const now = level > threshold;
      if (now === heard.get(frequency)) continue;
      heard.set(frequency, now);
      tell({ at: Date.now(), frequency, heard: now });
    }
  }, TONE_MS);
}

Object.assign(globalThis, { radioRecorder: createRecorder() });
