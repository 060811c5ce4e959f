import type { Context as HonoContext } from "hono";
import { describe } from "../../kit/log.ts";
import { withTimeout } from "../../kit/race.ts";
import type { Heard } from "../health/hearing.ts";
import { monitorOf } from "../health/monitor.ts";
import { POLICY } from "../health/policy.ts";
import { Refusal } from "../refusal.ts";
import type { ControlEnv } from "./router.ts";

export type MonitorStub = ReturnType<typeof monitorOf>;

/** Asks the monitor, within the policy's time. Throws a Refusal (503) when it does not answer. */
export async function askMonitor<T>(
  c: HonoContext<ControlEnv>,
  question: (monitor: MonitorStub) => Promise<T>,
): Promise<T> {
  try {
    return await withTimeout(POLICY.monitorTimeoutMs, "the monitor", () => question(monitorOf(c.env)));
  } catch (thrown) {
    c.var.context.log.warn("the monitor did not answer", { path: c.req.path, error: describe(thrown) });
    throw new Refusal(503, "unavailable", "Control's monitor does not answer now; try again.");
  }
}

/** Tells the monitor that the registry has changed. Should it not hear, it reads the registry anew before long. */
export async function tellMonitor(c: HonoContext<ControlEnv>): Promise<void> {
  await ignoringRefusal(askMonitor(c, (monitor) => monitor.refresh()));
}

/** What was heard of the origins; nothing when the monitor does not answer. */
export async function heardOf(c: HonoContext<ControlEnv>): Promise<Heard[]> {
  return (await ignoringRefusal(askMonitor(c, (monitor) => monitor.heard()))) ?? [];
}

async function ignoringRefusal<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof Refusal) return null;
    throw thrown;
  }
}
