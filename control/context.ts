import type { Clock } from "../kit/clock.ts";
import type { Log } from "../kit/log.ts";
import type { Database } from "./db/database.ts";

/** What every verb needs: where to act, when, and on whose behalf (as incidents name them: `admin alice`). */
export type Context = {
  db: Database;
  clock: Clock;
  log: Log;
  actor: string;
};
