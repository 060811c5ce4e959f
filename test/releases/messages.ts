import type { z } from "zod";
import { EdgeHealth } from "../../contracts/edge-health.ts";
import { Failure } from "../../contracts/failure.ts";
import { Heartbeat, HeartbeatAnswer, Registration, RegistrationAnswer } from "../../contracts/fleet.ts";
import { Job, JobLease, JobProgress, JobResult, NewPreparedFile } from "../../contracts/jobs.ts";
import { MediaSigning, PublicMedia } from "../../contracts/media-link.ts";
import { NowJson } from "../../contracts/now-json.ts";
import { StationPlan } from "../../contracts/plan.ts";
import { PublishedAnswer } from "../../contracts/published.ts";
import { ReelManifest } from "../../contracts/reel.ts";
import { Routing } from "../../contracts/routing.ts";
import { Stamp } from "../../contracts/stamp.ts";
import { StationIndex } from "../../contracts/station-index.ts";

/** Everything that one part of the radio says to another, which may be of another release, or stores for it. */
export const MESSAGES = {
  Registration,
  RegistrationAnswer,
  Heartbeat,
  HeartbeatAnswer,
  Job,
  JobLease,
  JobProgress,
  JobResult,
  NewPreparedFile,
  StationIndex,
  PublishedAnswer,
  StationPlan,
  Stamp,
  Routing,
  ReelManifest,
  PublicMedia,
  MediaSigning,
  EdgeHealth,
  NowJson,
  Failure,
} satisfies Record<string, z.ZodType>;
export type MessageName = keyof typeof MESSAGES;
export const MESSAGE_NAMES = Object.keys(MESSAGES) as MessageName[];
