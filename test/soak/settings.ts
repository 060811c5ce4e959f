import { parseArgs } from "node:util";
import { z } from "zod";
import type { Limits } from "./cgroup/group.ts";

export type Settings = {
  minutes: number;
  stations: number;
  limits: Limits;
  /** Whether a twin without limits runs beside it in the same hour. */
  twin: boolean;
  /** The container image to run; null: the node as `npm start` runs it, in a control group of its own. */
  image: string | null;
  /** The most that anonymous memory may be. */
  anonymousBytes: number | null;
  /** Where samples and logs are left. */
  out: string;
  /** Where those of an earlier soak are, which is only to be told again; null: there is one to be made. */
  report: string | null;
};

const MEBIBYTE = 1 << 20;
const UNITS = { "": 1, k: 1 << 10, m: MEBIBYTE, g: 1 << 30 } as const;

/** As `docker run --memory` takes it: 128m. */
const Size = z
  .string()
  .regex(/^\d+[kmg]?$/i, "is not a size such as 128m")
  .transform((text) => {
    const unit = (/[kmg]$/i.exec(text)?.[0] ?? "").toLowerCase() as keyof typeof UNITS;
    return Number.parseInt(text, 10) * UNITS[unit];
  });

const Arguments = z.object({
  minutes: z.coerce.number().positive().max(10_000),
  stations: z.coerce.number().int().min(1).max(40),
  memory: Size,
  cpus: z.coerce.number().positive().max(64),
  alone: z.boolean(),
  image: z.string().min(1).optional(),
  anonymous: Size.optional(),
  out: z.string().min(1).optional(),
  report: z.string().min(1).optional(),
});

/** Reads the command line; throws one error that names everything that is wrong. */
export function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "60" },
      stations: { type: "string", default: "1" },
      memory: { type: "string", default: "128m" },
      cpus: { type: "string", default: "1" },
      alone: { type: "boolean", default: false },
      image: { type: "string" },
      anonymous: { type: "string" },
      out: { type: "string" },
      report: { type: "string" },
    },
  });
  const parsed = Arguments.safeParse(values);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { minutes, stations, memory, cpus, alone, image, anonymous, out, report } = parsed.data;
  return {
    minutes,
    stations,
    limits: { memoryBytes: memory, cpus },
    twin: !alone,
    image: image ?? null,
    anonymousBytes: anonymous ?? (stations === 1 ? 64 * MEBIBYTE : null),
    out: out ?? `.radio/soak/${new Date().toISOString().replaceAll(":", "-")}`,
    report: report ?? null,
  };
}
