import type { Sound } from "../../harness/audio/sound.ts";
import { type Span, toneSpans } from "../../harness/audio/tone.ts";
import type { ToneEdge } from "../../harness/listeners/browser.ts";
import type { Heard, Stall } from "../../harness/listeners/listener.ts";

/** When a listener heard none of the tones that there were: quiet sound and stalls alike. */

/** The edges of tones are true to this. */
const LEAST_SECONDS = 0.06;
const TONE_DB = -40;

/** Of the edges that a browser told until now (Unix ms). */
export function silencesOfEdges(edges: readonly ToneEdge[], now: number): Stall[] {
  const spans: Span[] = [];
  const open = new Map<number, number>();
  for (const { at, frequency, heard } of edges) {
    const from = open.get(frequency);
    if (heard) open.set(frequency, at);
    else if (from !== undefined) {
      spans.push({ from: from / 1000, to: at / 1000 });
      open.delete(frequency);
    }
  }
  for (const from of open.values()) spans.push({ from: from / 1000, to: now / 1000 });
  return gapsBetween(spans).map(({ from, to }) => ({ at: from * 1000, seconds: to - from }));
}

/** Of what ffmpeg received, played out as `heard` tells: its stalls too. */
export function silencesOfSound(sound: Sound, frequencies: readonly number[], heard: Heard): Stall[] {
  const spans = frequencies.flatMap((frequency) => toneSpans(sound, frequency, TONE_DB));
  const quiet = gapsBetween(spans).map(({ from, to }) => ({ at: heardAt(heard, from), seconds: to - from }));
  return [...quiet, ...heard.stalls];
}

/** When a second of the sound was heard, Unix ms: each stall before it had put it off. */
export function heardAt({ since, stalls }: Heard, second: number): number {
  let at = (since ?? Number.NaN) + second * 1000;
  for (const stall of stalls) if (stall.at <= at) at += stall.seconds * 1000;
  return at;
}

/** Seconds of silence that began between two moments (Unix ms). */
export function silentBetween(silences: readonly Stall[], from: number, to: number): number {
  return silences.filter(({ at }) => at >= from && at < to).reduce((sum, { seconds }) => sum + seconds, 0);
}

/** What lies between the first and the last span and in none of them. */
export function gapsBetween(spans: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let end = Number.POSITIVE_INFINITY;
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (from - end > LEAST_SECONDS) gaps.push({ from: end, to: from });
    end = end === Number.POSITIVE_INFINITY ? to : Math.max(end, to);
  }
  return gaps;
}
