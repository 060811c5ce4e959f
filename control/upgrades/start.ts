import { sql } from "drizzle-orm";
import { z } from "zod";
import { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { upgradeSteps, upgrades } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { IMAGE_PATTERN } from "../provisioner/settings.ts";
import { conflict, Refusal } from "../refusal.ts";
import { listOrigins, type StoredOrigin } from "../registry/read-origins.ts";
import { UPGRADE } from "./policy.ts";

export const NewUpgrade = z
  .strictObject({
    version: z.string().min(1).max(40).optional().describe("What each new process must say it is"),
    image: z
      .string()
      .regex(IMAGE_PATTERN)
      .optional()
      .describe("Of what each node is made; absent: of what it is made now"),
    origins: z
      .array(OriginId)
      .min(1)
      .max(64)
      .optional()
      .describe("These alone, in this order but for studios, which come last; absent: all"),
    settleMs: z
      .int()
      .min(0)
      .max(UPGRADE.maxSettleMs)
      .default(UPGRADE.settleMs)
      .describe("How long each is watched at work before the next one's turn"),
  })
  .refine(({ version, image }) => version !== undefined || image !== undefined, "a version or an image is needed");

/** What is to become of one origin. */
export type PlannedStep = { origin: OriginId; toVersion: string | null; toImage: string | null };

/** Begins an upgrade; answers its id. Conflict while another one is open. */
export async function startUpgrade(context: Context, input: z.input<typeof NewUpgrade>): Promise<string> {
  const { version = null, image = null, origins: wanted, settleMs } = NewUpgrade.parse(input);
  const present = await listOrigins(context);
  const chosen = wanted ? new Set(wanted) : present.map(({ id }) => id);
  const steps = [...chosen].map((id) => {
    const origin = present.find((candidate) => candidate.id === id);
    if (!origin) throw new Refusal(422, "unknown_origin", `There is no origin ${id}.`);
    return { origin: id, toVersion: version, toImage: image ?? origin.image };
  });
  if (steps.length === 0) throw conflict("no_origins", "There is no origin that could be upgraded.");
  const what = [version && `release ${version}`, image && `image ${image}`].filter(Boolean).join(", ");
  const message = `to ${what}: ${steps.map(({ origin }) => origin).join(", ")}`;
  return insertUpgrade(context, present, { steps, settleMs, rollbackOf: null, kind: "upgrade-began", message });
}

type Insert = {
  steps: readonly PlannedStep[];
  settleMs: number;
  rollbackOf: string | null;
  kind: string;
  message: string;
};

/** Writes an upgrade down, unless another one is open. */
export async function insertUpgrade(
  context: Context,
  present: readonly StoredOrigin[],
  upgrade: Insert,
): Promise<string> {
  const { db, clock, actor } = context;
  const id = crypto.randomUUID();
  const now = clock.now();
  const rows = upgrade.steps.flatMap(({ origin, toVersion, toImage }, position) => {
    const from = present.find((candidate) => candidate.id === origin);
    return from ? [{ origin, position, fromVersion: from.version, fromImage: from.image, toVersion, toImage }] : [];
  });
  const isOurs = sql`exists (select 1 from ${upgrades} where ${upgrades.id} = ${id})`;
  const [begun] = await db.batch([
    db
      .insert(upgrades)
      .values({
        id,
        state: "running",
        stateSince: now,
        settleMs: upgrade.settleMs,
        rollbackOf: upgrade.rollbackOf,
        createdBy: actor,
        createdAt: now,
        open: 1,
      })
      .onConflictDoNothing({ target: upgrades.open })
      .returning({ id: upgrades.id }),
    insertIncidentIfChanged(db, incidentOf(context, { kind: upgrade.kind, message: upgrade.message.slice(0, 1000) })),
    db.insert(upgradeSteps).select(
      sql`select ${id}, value ->> 'origin', value ->> 'position', 'waiting', ${now}, value ->> 'fromVersion',
            value ->> 'fromImage', value ->> 'toVersion', value ->> 'toImage', null, 0, null
          from json_each(${JSON.stringify(rows)}) where ${isOurs}`,
    ),
  ]);
  if (begun.length === 0) throw conflict("upgrade_open", "Another upgrade has not ended yet.");
  return id;
}
