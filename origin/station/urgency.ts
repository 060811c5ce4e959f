import type { StationReport } from "../../contracts/fleet.ts";

/** One frame is due every 21 ms: after so long, they have stopped. */
const STOPPED_MS = 1000;
/** While they are stopped, control hears of it so often, until it must long have acted. */
const AGAIN_MS = 500;
const UNTIL_MS = 6000;

/** What control must hear of at once, in one line: while two lines of one node are equal, there is no hurry. */
export function urgencyOf(reports: readonly StationReport[]): string {
  return reports
    .map(({ slug, source, generation, live, heardMs }) => {
      const silent = Math.min(heardMs ?? 0, UNTIL_MS);
      const stopped = silent < STOPPED_MS ? "heard" : `silent ${Math.floor(silent / AGAIN_MS)}`;
      return [slug, source === null ? "slicer" : "studio", generation, live?.keyId, live?.onAir, stopped].join(" ");
    })
    .join("\n");
}
