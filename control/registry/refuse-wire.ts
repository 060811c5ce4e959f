import { sql } from "drizzle-orm";
import type { Registration } from "../../contracts/fleet.ts";
import { FIRST_WIRE, RELEASE, WIRE, wireFit } from "../../contracts/version.ts";
import type { Context } from "../context.ts";
import { incidents } from "../db/schema.ts";
import { incidentOf } from "../health/incident.ts";
import { Refusal } from "../refusal.ts";

/** Who goes on asking is told each time, but makes one incident in so long. */
const TOLD_AGAIN_MS = 3_600_000;

/** Throws a Refusal (409 `wire_too_old`, `wire_too_new`) for an origin whose wire control does not understand. */
export function expectKnownWire({ wire = FIRST_WIRE }: Pick<Registration, "wire">): void {
  const fit = wireFit(wire);
  if (fit === "fits") return;
  const [who, other] = fit === "too_old" ? ["the origin", "control"] : ["control", "the origin"];
  const message = `It speaks wire ${wire}, and control (release ${RELEASE}) ${WIRE}: upgrade ${who} first, or roll ${other} back.`;
  throw new Refusal(409, `wire_${fit}`, message, { wire, understood: [WIRE - 1, WIRE, WIRE + 1] });
}

/** The same, and an incident says so. */
export async function refuseForeignWire(
  context: Context,
  registration: Pick<Registration, "id" | "version" | "wire">,
): Promise<void> {
  try {
    expectKnownWire(registration);
  } catch (thrown) {
    if (thrown instanceof Refusal) await tellOnce(context, registration, thrown.message);
    throw thrown;
  }
}

async function tellOnce(context: Context, { id, version }: Pick<Registration, "id" | "version">, why: string) {
  const message = `release ${version} was refused: ${why}`;
  const row = incidentOf(context, { kind: "origin-wire-refused", origin: id, message });
  await context.db.insert(incidents).select(
    sql`select ${row.id}, ${row.at}, ${row.kind}, ${row.station}, ${row.origin}, ${row.actor}, ${row.message}
        where not exists (select 1 from ${incidents} as other where other.origin = ${id} and other.kind = ${row.kind}
          and other.message = ${message} and other.at > ${row.at - TOLD_AGAIN_MS})`,
  );
}
