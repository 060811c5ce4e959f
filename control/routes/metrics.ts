import { createRoute } from "@hono/zod-openapi";
import { RELEASE } from "../../contracts/version.ts";
import { describe } from "../../kit/log.ts";
import { CONTENT_TYPE, formatFor, renderExposition } from "../../kit/metrics/exposition.ts";
import { type Family, family, sample, single } from "../../kit/metrics/metric.ts";
import { withTimeout } from "../../kit/race.ts";
import { POLICY } from "../health/policy.ts";
import { CONTROL_METRICS } from "../metrics/catalogue.ts";
import { familiesOfDatabase } from "../metrics/of-database.ts";
import { familiesOfFleet } from "../metrics/of-fleet.ts";
import { Refusal } from "../refusal.ts";
import { failures, SECURED } from "./answers.ts";
import { askMonitor } from "./ask-monitor.ts";
import { requireActor, requireMetricsReader } from "./bearer.ts";
import { createRouter } from "./router.ts";

const read = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "readMetrics",
  tags: ["Health"],
  summary:
    "Figures of the fleet for Prometheus, with a token of the kind `metrics`; what does not answer is told as such",
  security: SECURED,
  middleware: [requireActor, requireMetricsReader] as const,
  responses: {
    200: {
      content: {
        [CONTENT_TYPE.openmetrics]: { schema: { type: "string" } },
        [CONTENT_TYPE.text]: { schema: { type: "string" } },
      },
      description: "OpenMetrics 1.0.0 for who prefers it, else Prometheus' text format",
    },
    ...failures(401, 403),
  },
});

export const metrics = createRouter().openapi(read, async (c) => {
  const { context } = c.var;
  const build = family(CONTROL_METRICS.build, sample({ part: "control", version: RELEASE, runtime: "workerd" }, 1));
  const fleet = askMonitor(c, async (monitor) => ({ status: await monitor.status(), fleet: await monitor.measure() }));
  const database = withTimeout(POLICY.databaseTimeoutMs, "D1", () => familiesOfDatabase(context));
  const [ofFleet, ofDatabase] = await Promise.all([
    fleet.then(familiesOfFleet, (thrown: unknown) => {
      if (!(thrown instanceof Refusal)) throw thrown;
      return familiesOfFleet(null);
    }),
    database.catch((thrown: unknown): Family[] => {
      context.log.warn("D1 does not tell its figures", { error: describe(thrown) });
      return [single(CONTROL_METRICS.databaseUp, 0)];
    }),
  ]);
  const format = formatFor(c.req.header("Accept"));
  return c.body(renderExposition([build, ...ofFleet, ...ofDatabase], format), 200, {
    "Content-Type": CONTENT_TYPE[format],
    Vary: "Accept",
  });
});
