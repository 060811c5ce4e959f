import { execFileSync } from "node:child_process";
import type { ServerResponse } from "node:http";
import { findFfmpeg } from "../process/ffmpeg.ts";
import { serveHttp, type TestServer } from "./test-servers.ts";

/** A small SHOUTcast-like station over HTTP: a tone as MP3, at the pace of the clock, whose line can be bent at will. */
export type TestRadio = {
  url: string;
  /** What it says is on. */
  title: string;
  /** Holds the sound back, and keeps the connections. */
  isFrozen: boolean;
  isSilent: boolean;
  listeners(): number;
  /** As if it were killed. */
  stop(): Promise<void>;
};

export const BINARIES = findFfmpeg(process.env);
const BYTES_PER_SECOND = 16_000;
const METADATA_INTERVAL = 4000;
const STEP_MS = 50;
/** What a listener gets at once. */
const BURST_BYTES = 2 * BYTES_PER_SECOND;

const known = new Map<string, Buffer>();

function mp3(source: string): Buffer {
  const made = known.get(source);
  if (made !== undefined) return made;
  const args = [
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    source,
    "-ac",
    "2",
    "-b:a",
    "128k",
    "-write_xing",
    "0",
    "-id3v2_version",
    "0",
  ];
  const bytes = execFileSync(BINARIES.ffmpeg, [...args, "-f", "mp3", "pipe:1"], { maxBuffer: 1 << 22 });
  known.set(source, bytes);
  return bytes;
}

export async function startTestRadio(hertz = 660, port = 0): Promise<TestRadio> {
  const sounds = {
    tone: mp3(`sine=frequency=${hertz}:sample_rate=48000:duration=10`),
    silence: mp3("anullsrc=sample_rate=48000:duration=10"),
  };
  const listeners = new Set<{ answer: ServerResponse; sent: number; told: string }>();
  const radio = { title: "Ada - One", isFrozen: false, isSilent: false };

  /** Sends the next bytes, with the title between them where it is due. */
  const send = (listener: { answer: ServerResponse; sent: number; told: string }, count: number) => {
    const sound = radio.isSilent ? sounds.silence : sounds.tone;
    for (let left = count; left > 0; ) {
      const place = listener.sent % sound.length;
      const due = METADATA_INTERVAL - (listener.sent % METADATA_INTERVAL);
      const part = sound.subarray(place, place + Math.min(left, due));
      listener.answer.write(part);
      listener.sent += part.length;
      left -= part.length;
      if (listener.sent % METADATA_INTERVAL === 0) listener.answer.write(metadata(listener));
    }
  };
  const metadata = (listener: { told: string }) => {
    if (listener.told === radio.title) return Buffer.from([0]);
    listener.told = radio.title;
    const text = Buffer.from(`StreamTitle='${radio.title}';`);
    const units = Math.ceil(text.length / 16);
    return Buffer.concat([Buffer.from([units]), text, Buffer.alloc(units * 16 - text.length)]);
  };

  const server: TestServer = await serveHttp((_, answer) => {
    answer.writeHead(200, { "content-type": "audio/mpeg", "icy-metaint": `${METADATA_INTERVAL}` });
    const listener = { answer, sent: 0, told: "" };
    listeners.add(listener);
    answer.on("close", () => listeners.delete(listener));
    if (!radio.isFrozen) send(listener, BURST_BYTES);
  }, port);
  const timer = setInterval(() => {
    if (radio.isFrozen) return;
    for (const listener of listeners) send(listener, (BYTES_PER_SECOND * STEP_MS) / 1000);
  }, STEP_MS);
  return Object.assign(radio, {
    url: `http://127.0.0.1:${server.port}/`,
    listeners: () => listeners.size,
    async stop() {
      clearInterval(timer);
      await server.close();
    },
  });
}
