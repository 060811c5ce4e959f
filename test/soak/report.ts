import { percent, printTable } from "../bench/table.ts";
import type { Sample } from "./sample.ts";
import { type Figures, figuresOf, judge, mebibytes, type Promised, slopeText } from "./verdict.ts";

export type Measured = { name: string; samples: readonly Sample[] };

/** Prints the figures of the node and of its twin, and what they are worth. Answers whether all is as promised. */
export function report(measured: readonly Measured[], promised: Promised): boolean {
  const all = measured.map(({ name, samples }) => ({ name, figures: figuresOf(samples) }));
  printTable("The soak", ["", ...all.map(({ name }) => name)], rowsOf(all.map(({ figures }) => figures)));
  const [limited, twin] = all;
  if (limited === undefined) throw new Error("nothing was measured");
  const verdicts = judge(limited.figures, twin?.figures ?? null, promised);
  for (const { claim, holds, seen } of verdicts) console.log(`${holds ? "ok    " : "FAILED"}  ${claim}: ${seen}`);
  return verdicts.every(({ holds }) => holds);
}

function rowsOf(all: readonly Figures[]): string[][] {
  const row = (name: string, text: (figures: Figures) => string | number) => [name, ...all.map((f) => `${text(f)}`)];
  const range = ({ mean, most }: { mean: number; most: number }) => `${mebibytes(mean)}, at most ${mebibytes(most)}`;
  return [
    row("minutes", ({ seconds }) => (seconds / 60).toFixed(1)),
    row("samples", ({ samples }) => samples),
    row("anonymous, the group's counter", ({ anonymous }) => range(anonymous)),
    row("of it the node's process", ({ nodeAnonymous }) => range(nodeAnonymous)),
    row("of it ffmpeg", ({ ffmpegAnonymous }) => range(ffmpegAnonymous)),
    row("page cache, the group's counter", ({ cache }) => range(cache)),
    row("resident set of the node's process", ({ nodeResident }) => range(nodeResident)),
    row("growth of anonymous memory", ({ anonymousGrowth }) => slopeText(anonymousGrowth)),
    row("growth of the resident set", ({ residentGrowth }) => slopeText(residentGrowth)),
    row("limit reached", ({ limitHits }) => limitHits),
    row("killed for want of memory", ({ oomKills }) => oomKills),
    row("pages read from the disk", ({ majorFaults }) => majorFaults),
    row("processor, of one core", ({ cpu }) => percent(cpu)),
    row("throttled periods", ({ throttledPeriods }) => throttledPeriods),
    row("throttled seconds", ({ throttledSeconds }) => throttledSeconds.toFixed(2)),
    row("waited for a processor, s", ({ waitedSeconds }) => waitedSeconds.toFixed(1)),
    row("failed health checks", ({ healthChecksFailed }) => healthChecksFailed),
    row("frames heard", ({ frames }) => frames),
    row("frames missing", ({ framesMissing }) => framesMissing),
    row("frames late", ({ framesLate }) => framesLate),
    row("latest frame, ms", ({ worstMs }) => worstMs.toFixed(0)),
    row("segments behind the clock", ({ mostSegmentsBehind }) => mostSegmentsBehind),
  ];
}
