import * as z from "zod";

/** What feeds the programme, by falling priority. */
export const SOURCES = ["live", "relay", "show", "autopilot", "slate"] as const;
export const Source = z.enum(SOURCES);
export type Source = z.infer<typeof Source>;
