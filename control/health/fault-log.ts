import { describe, type Log } from "../../kit/log.ts";

export type FaultLog = {
  /** Runs a part of the work. A fault is logged when it begins and when it ends, and does not go further. */
  attempt(what: string, work: () => Promise<void>): Promise<boolean>;
  /** What failed when it was last tried. */
  failing(): string[];
};

/** Keeps a fault that lasts from filling the log. */
export function createFaultLog(log: Log): FaultLog {
  const failures = new Map<string, number>();
  return {
    async attempt(what, work) {
      try {
        await work();
      } catch (thrown) {
        const times = (failures.get(what) ?? 0) + 1;
        failures.set(what, times);
        if (times === 1) log.error(`${what} failed; trying on`, { error: describe(thrown) });
        return false;
      }
      const times = failures.get(what);
      if (times !== undefined) log.info(`${what} works again`, { failures: times });
      failures.delete(what);
      return true;
    },
    failing: () => [...failures.keys()],
  };
}
