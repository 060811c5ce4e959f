import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "../context.ts";
import type { Database } from "../db/database.ts";
import { settings } from "../db/schema.ts";
import { DEFAULT_HEALTH_POLICY, HealthPolicy } from "./health-policy.ts";
import { incidentOf, insertIncidentIfChanged } from "./incident.ts";

const NAME = "health-policy";

/** What is given is set; the rest stays as it is. */
export const PolicyChange = HealthPolicy.partial().refine(
  (change) => Object.keys(change).length > 0,
  "nothing to change",
);

/** As stored: what an older or newer control has set and this one does not know does not count. */
const Stored = z.record(z.string(), z.unknown()).transform((stored) => {
  const known = Object.entries(HealthPolicy.shape).flatMap(([name, schema]) => {
    const value = schema.safeParse(stored[name]);
    return value.success ? [[name, value.data] as const] : [];
  });
  return Object.fromEntries(known);
});

/** The policy in force: what operators have set, and the defaults for the rest. */
export async function readHealthPolicy(db: Database): Promise<HealthPolicy> {
  return HealthPolicy.parse({ ...DEFAULT_HEALTH_POLICY, ...(await readStored(db)) });
}

async function readStored(db: Database) {
  const row = await db.query.settings.findFirst({ where: eq(settings.name, NAME) });
  return row ? Stored.parse(row.value) : {};
}

/** Sets what is given; answers the policy now in force. */
export async function changeHealthPolicy(context: Context, input: z.input<typeof PolicyChange>): Promise<HealthPolicy> {
  const change = PolicyChange.parse(input);
  const { db } = context;
  const value = { ...(await readStored(db)), ...change };
  const row = { value, updatedAt: context.clock.now() };
  const message = `changed: ${JSON.stringify(change)}`.slice(0, 1000);
  await db.batch([
    db
      .insert(settings)
      .values({ name: NAME, ...row })
      .onConflictDoUpdate({ target: settings.name, set: row }),
    insertIncidentIfChanged(db, incidentOf(context, { kind: "policy-changed", message })),
  ]);
  return readHealthPolicy(db);
}
