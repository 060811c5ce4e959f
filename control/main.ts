import { systemClock } from "../kit/clock.ts";
import { createLog } from "../kit/log.ts";
import { pruneAlerts } from "./alerting/prune.ts";
import { openDatabase } from "./db/database.ts";
import type { Bindings } from "./environment.ts";
import { monitorOf } from "./health/monitor.ts";
import { pruneIncidents } from "./health/read-incidents.ts";
import { prunePlays } from "./history/keep.ts";
import { recordPlays } from "./history/record.ts";
import { keepLibrary } from "./media/chores.ts";
import { createApp } from "./routes/app.ts";
import { publishPlans } from "./schedule/publish-plans.ts";

export { Monitor } from "./health/monitor.ts";

const app = createApp();
const log = createLog({ fields: { part: "cron" } });

/** The API, and once a minute the safety net: the monitor's alarm is set again should it ever have been lost. */
export default {
  fetch: app.fetch,
  async scheduled(_event, bindings) {
    await monitorOf(bindings).arm();
    const deps = { db: openDatabase(bindings.DB), clock: systemClock };
    await publishPlans({ ...deps, log, bucket: bindings.MEDIA });
    await recordPlays({ ...deps, log, bucket: bindings.MEDIA });
    await pruneIncidents(deps);
    await pruneAlerts(deps);
    await prunePlays(deps);
    await keepLibrary({ ...deps, log }, bindings.MEDIA);
  },
} satisfies ExportedHandler<Bindings>;
