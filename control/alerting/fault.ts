import type { OriginId, StationSlug } from "../../contracts/names.ts";
import type { AlertKind } from "./kinds.ts";

/** Something that is wrong now, and where; with neither station nor origin it concerns all. */
export type Fault = {
  kind: AlertKind;
  station: StationSlug | null;
  origin: OriginId | null;
  /** What tells two faults of one kind at one place apart. */
  part?: string;
  /** One sentence without its place. */
  what: string;
};

/** Equal for the same fault, however often it is seen. */
export function faultKey({ kind, station, origin, part }: Fault): string {
  return [kind, station ?? "", origin ?? "", ...(part === undefined ? [] : [part])].join("/");
}
