import { z } from "zod";
import type { Incident } from "./incident.ts";
import { POLICY } from "./policy.ts";

/** Reported incidents on their way to D1. They survive this object's end, and D1's absence. */
export type Outbox = {
  /** Takes rows in; answers how many had no room. */
  add(rows: Incident[]): Promise<number>;
  /** Hands some rows to `deliver` and forgets them once it has returned. */
  drain(deliver: (rows: Incident[]) => Promise<void>): Promise<void>;
};

const PREFIX = "incident:";
/** Rows delivered at once; the storage deletes 128 keys at most in one call. */
const BATCH = 100;

const Row = z.object({
  id: z.string(),
  at: z.int(),
  kind: z.string(),
  station: z.string().nullable(),
  origin: z.string().nullable(),
  actor: z.string(),
  message: z.string(),
});

export function createOutbox(storage: Pick<DurableObjectStorage, "list" | "put" | "delete">): Outbox {
  return {
    async add(rows) {
      const waiting = await storage.list({ prefix: PREFIX, limit: POLICY.incidentsWaiting });
      const room = Math.max(0, POLICY.incidentsWaiting - waiting.size);
      const taken = rows.slice(0, room);
      await storage.put(Object.fromEntries(taken.map((row) => [PREFIX + row.id, row])));
      return rows.length - taken.length;
    },
    async drain(deliver) {
      const waiting = await storage.list({ prefix: PREFIX, limit: BATCH });
      if (waiting.size === 0) return;
      await deliver([...waiting.values()].map((row) => Row.parse(row)));
      await storage.delete([...waiting.keys()]);
    },
  };
}
