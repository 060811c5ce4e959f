import { type Child, type Line, startChild } from "./child.ts";

/** A live host: a real ffmpeg that pushes to `rtmp://.../live/{station}?key=...` in real time. */
export type Publisher = {
  pid: number;
  /** When the process was started, Unix ms. */
  startedAt: number;
  readonly running: boolean;
  readonly lines: readonly Line[];
  readonly ended: Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Stops sending without closing anything, as a host whose network is gone. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<string>;
};

export type PublisherSource = { tone: number; amplitude?: number } | { file: string };

const INPUT = ["-hide_banner", "-nostdin", "-loglevel", "warning"];

/** The source of a sine for ffmpeg, of the same amplitude on both channels. */
export function toneSource(frequency: number, amplitude = 0.25): string {
  return `aevalsrc=exprs=${amplitude}*sin(2*PI*${frequency}*t)|${amplitude}*sin(2*PI*${frequency}*t):s=48000`;
}

/** `readrate` 1.002 is a host whose clock is 2000 ppm fast; `title` is what the host says is on. */
export async function startPublisher(
  url: string,
  source: PublisherSource,
  { readrate = 1, title = "" } = {},
): Promise<Publisher> {
  const input =
    "file" in source ? ["-i", source.file] : ["-f", "lavfi", "-i", toneSource(source.tone, source.amplitude)];
  const startedAt = Date.now();
  const child = await startChild("ffmpeg", [
    ...INPUT,
    ...["-readrate", String(readrate)],
    ...input,
    ...["-vn", "-c:a", "aac", "-b:a", "128k", "-metadata", `title=${title}`, "-f", "flv", url],
  ]);
  return Object.assign(owned(child), { startedAt });
}

function owned(child: Child): Omit<Publisher, "startedAt"> {
  return {
    pid: child.pid,
    get running() {
      return child.running;
    },
    lines: child.lines,
    ended: child.ended,
    kill: child.kill,
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    stop: () => {
      child.kill("SIGCONT");
      return child.stop();
    },
  };
}
