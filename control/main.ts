import { systemClock } from "../kit/clock.ts";
import { createLog } from "../kit/log.ts";
import { pruneAlerts } from "./alerting/prune.ts";
import { openDatabase } from "./db/database.ts";
import type { Bindings } from "./environment.ts";
import { pruneEvictionSteps } from "./health/eviction-steps.ts";
import { monitorOf } from "./health/monitor.ts";
import { pruneIncidents } from "./health/read-incidents.ts";
import { prunePlays } from "./history/keep.ts";
import { recordPlays } from "./history/record.ts";
import { keepLibrary } from "./media/chores.ts";
import { clearDeletedStations } from "./media/clear-stations.ts";
import { createApp } from "./routes/app.ts";
import { publishPlans } from "./schedule/publish-plans.ts";

export { Monitor } from "./health/monitor.ts";

const app = createApp();
const log = createLog({ fields: { part: "cron" } });

/**
 * The API, and what happens once a minute: the safety net, should the monitor's alarm ever have been lost, and what is
 * to be forgotten.
 */
export default {
  fetch: app.fetch,
  async scheduled(_event, bindings) {
    await monitorOf(bindings).arm("cron");
    const deps = { db: openDatabase(bindings.DB), clock: systemClock, log, bucket: bindings.MEDIA };
    await publishPlans(deps);
    await recordPlays(deps);
    await pruneIncidents(deps);
    await pruneEvictionSteps(deps);
    await pruneAlerts(deps);
    const { MEDIA, SEGMENTS = MEDIA } = bindings;
    await clearDeletedStations({ ...deps, buckets: [MEDIA, SEGMENTS] });
    await prunePlays(deps);
    await keepLibrary(deps, bindings.MEDIA);
  },
} satisfies ExportedHandler<Bindings>;
