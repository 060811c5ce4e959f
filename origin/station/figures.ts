import type { RenditionName } from "../../contracts/names.ts";
import type { ProgrammeStatus } from "../programme/programme.ts";
import type { UploaderFigures } from "../uploader/uploader.ts";
import type { SlicingCount } from "./slicing.ts";

/** What can be measured of a station here, beyond what control is told. */
export type StationFigures = {
  /** Null where the programme is made elsewhere. */
  programme: Pick<ProgrammeStatus, "latenessMs" | "encoderLag" | "encoderRestarts" | "liveBufferMs"> | null;
  slicing: ReadonlyMap<RenditionName, SlicingCount>;
  /** Ms since the end of the newest segment; null before the first. */
  slicedMs: number | null;
  publishedMs: number | null;
  upload: UploaderFigures;
  /** Null while no plan is known. */
  plan: { version: number; publishedAt: number } | null;
};
