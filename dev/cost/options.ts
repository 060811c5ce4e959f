import { parseArgs } from "node:util";
import { z } from "zod";
import { Delivery } from "../../contracts/delivery.ts";
import { bitrateOf, DEFAULT_RENDITIONS } from "../../contracts/names.ts";
import { SEGMENT_LENGTHS, segmentSeconds } from "../../contracts/timeline.ts";
import type { Radio } from "./radio.ts";

const LENGTHS = SEGMENT_LENGTHS.map(segmentSeconds);
const count = z.coerce.number().int().min(1).max(1e6);

const Options = z.object({
  stations: count.default(1),
  listeners: z.coerce.number().min(0).max(1e9).default(100),
  seconds: z.coerce
    .number()
    .refine((seconds) => LENGTHS.includes(seconds), `one of ${LENGTHS.join(", ")}`)
    .default(LENGTHS[0] ?? 0),
  renditions: z.coerce.number().int().min(1).max(6).default(DEFAULT_RENDITIONS.length),
  origins: z.coerce.number().int().min(1).max(64).default(2),
  nodes: count.optional(),
  places: count.default(10),
  "session-minutes": z.coerce.number().positive().default(60),
  kilobits: z.coerce.number().positive().optional(),
  mode: Delivery.optional(),
});

/** Throws an error that names every option that is wrong. */
export function readRadio(args: readonly string[]): { radio: Omit<Radio, "mode">; modes: readonly Delivery[] } {
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.keys(Options.shape).map((name) => [name, { type: "string" as const }])),
  });
  const parsed = Options.safeParse(values);
  if (!parsed.success) throw new Error(`These options are not right:\n${z.prettifyError(parsed.error)}`);
  const { mode, "session-minutes": sessionMinutes, nodes, kilobits, ...rest } = parsed.data;
  return {
    radio: {
      ...rest,
      sessionMinutes,
      nodes: nodes ?? rest.origins,
      kilobits: kilobits ?? usualKilobits(rest.renditions),
    },
    modes: mode === undefined ? Delivery.options : [mode],
  };
}

/** Of that many renditions: those that a station has by default, and more of the larger one. */
function usualKilobits(renditions: number): number {
  const rates = DEFAULT_RENDITIONS.map((rendition) => bitrateOf(rendition) / 1000);
  return Array.from({ length: renditions }, (_, index) => rates[index] ?? rates.at(-1) ?? 0).reduce((a, b) => a + b, 0);
}
