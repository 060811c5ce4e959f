import { cpus } from "node:os";

type Times = { busy: number; total: number };

/**
 * The share of all processors that was busy since the call before; null at the first. Niced work, as jobs are, is not
 * counted: it gives way to whoever comes.
 */
export function createBusyShare(
  read: () => { times: Record<"user" | "nice" | "sys" | "idle" | "irq", number> }[] = cpus,
) {
  let before: Times | null = null;
  return (): number | null => {
    const now = read().reduce(
      (sum: Times, { times: { user, nice, sys, idle, irq } }) => ({
        busy: sum.busy + user + sys + irq,
        total: sum.total + user + sys + irq + nice + idle,
      }),
      { busy: 0, total: 0 },
    );
    const passed = before === null ? 0 : now.total - before.total;
    const share = before === null || passed <= 0 ? null : (now.busy - before.busy) / passed;
    before = now;
    return share;
  };
}
