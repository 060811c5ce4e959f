import { closeSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

const MAX_BYTES = 10 << 20;

/** A log file that never grows beyond `maxBytes`: it is put aside as `.old` then, and begun anew. */
export type LogFile = { write(line: string): void; close(): void };

export function openLogFile(path: string, maxBytes = MAX_BYTES): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  let descriptor = openSync(path, "w");
  let written = 0;
  return {
    write(line) {
      if (written > maxBytes) {
        closeSync(descriptor);
        renameSync(path, `${path}.old`);
        descriptor = openSync(path, "w");
        written = 0;
      }
      written += writeSync(descriptor, `${line}\n`);
    },
    close: () => closeSync(descriptor),
  };
}

/**
 * Passes on what the processes say once the station is on air. What they said before matters only if it never gets
 * there: the last of it is kept until then.
 */
export type Listener = {
  hear(words: string): void;
  speakUp(): void;
  hush(): void;
  tellMissed(): void;
};

const KEPT_LINES = 30;

export function createListener(say: (words: string) => void): Listener {
  let speaking = false;
  let missed: string[] = [];
  return {
    hear(words) {
      if (speaking) say(words);
      else missed = [...missed, words].slice(-KEPT_LINES);
    },
    speakUp() {
      speaking = true;
      missed = [];
    },
    hush: () => {
      speaking = false;
    },
    tellMissed: () => missed.forEach(say),
  };
}

const LogLine = z.looseObject({
  time: z.string(),
  level: z.enum(["debug", "info", "warn", "error"]),
  message: z.string(),
});

/** A line of a process's output as people read it; null for what only the log file keeps. */
export function inPlainWords(name: string, line: string): string | null {
  const parsed = LogLine.safeParse(parseJson(line));
  if (!parsed.success) return line.trim() === "" ? null : `${name}: ${line}`;
  const { time, level, message, origin, ...fields } = parsed.data;
  if (level === "debug") return null;
  const details = Object.entries(fields).map(([key, value]) => `${key} ${shown(value)}`);
  return `${name}: ${[message, ...details].join(", ")}`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parseJson(line: string): unknown {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
