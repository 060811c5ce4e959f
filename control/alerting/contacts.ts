import { and, asc, count, eq, gt, isNull, or, sql } from "drizzle-orm";
import { z } from "zod";
import { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { contacts, stations } from "../db/schema.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { conflict, notFound, Refusal } from "../refusal.ts";
import type { Contact } from "./call-list.ts";
import { ALERTING } from "./policy.ts";

/** ITU-T E.164: a plus and up to 15 digits. */
const Phone = z.string().regex(/^\+[1-9]\d{6,14}$/, "a telephone number as +491711234567");

const ContactFields = z.strictObject({
  /** Null: on call for all stations. */
  station: StationSlug.nullable().default(null),
  name: z.string().trim().min(1).max(100),
  phone: Phone.nullable().default(null),
  email: z.email().max(200).nullable().default(null),
  /** The lower is told first. */
  position: z.int().min(0).max(1000).default(0),
});

export const NewContact = ContactFields.refine(({ phone, email }) => phone !== null || email !== null, {
  message: "a telephone number or an e-mail address is needed",
});

export const ContactChange = z
  .strictObject({
    name: ContactFields.shape.name,
    phone: Phone.nullable(),
    email: z.email().max(200).nullable(),
    position: z.int().min(0).max(1000),
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, { message: "nothing to change" });

export const ContactQuery = PageQuery.extend({ station: StationSlug.optional() });

export async function createContact(context: Context, input: z.input<typeof NewContact>): Promise<Contact> {
  const { station, ...given } = NewContact.parse(input);
  const { db, clock } = context;
  const [present] = await db.select({ contacts: count() }).from(contacts);
  if ((present?.contacts ?? 0) >= ALERTING.contacts) {
    throw conflict("too_many_contacts", `There may be ${ALERTING.contacts} contacts at most.`);
  }
  const row: Contact = { id: crypto.randomUUID(), station, ...given, createdAt: clock.now() };
  const isThere =
    station === null
      ? sql`1`
      : sql`exists (select 1 from ${stations} where ${eq(stations.slug, station)} and ${isNull(stations.deletedAt)})`;
  const [created] = await db.batch([
    db
      .insert(contacts)
      .select(
        sql`select ${row.id}, ${row.station}, ${row.name}, ${row.phone}, ${row.email}, ${row.position}, ${row.createdAt} where ${isThere}`,
      )
      .returning({ id: contacts.id }),
    insertIncidentIfChanged(db, contactIncident(context, "contact-created", row)),
  ]);
  if (created.length === 0) throw notFound(`station ${station}`);
  return row;
}

export async function changeContact(
  context: Context,
  id: string,
  input: z.input<typeof ContactChange>,
): Promise<Contact> {
  const change = ContactChange.parse(input);
  const { db } = context;
  const present = await readContact(context, id);
  const { phone, email } = { ...present, ...definedOf(change) };
  if (phone === null && email === null) {
    throw new Refusal(422, "invalid_input", "A telephone number or an e-mail address is needed.");
  }
  const [[changed]] = await db.batch([
    db.update(contacts).set(definedOf(change)).where(eq(contacts.id, id)).returning(),
    insertIncidentIfChanged(db, contactIncident(context, "contact-changed", present)),
  ]);
  if (!changed) throw notFound(`contact ${id}`);
  return changed;
}

export async function deleteContact(context: Context, id: string): Promise<void> {
  const { db } = context;
  const present = await readContact(context, id);
  await db.batch([
    db.delete(contacts).where(eq(contacts.id, id)),
    insertIncidentIfChanged(db, contactIncident(context, "contact-deleted", present)),
  ]);
}

export async function readContact({ db }: Pick<Context, "db">, id: string): Promise<Contact> {
  const contact = await db.query.contacts.findFirst({ where: eq(contacts.id, id) });
  if (!contact) throw notFound(`contact ${id}`);
  return contact;
}

/** Contacts in the order in which they are told, those for all stations first; of one station: its own alone. */
export async function listContacts({ db }: Context, input: z.input<typeof ContactQuery>): Promise<Page<Contact>> {
  const { limit, cursor, station } = ContactQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.string(), z.number(), z.string()]));
  const place = sql<string>`coalesce(${contacts.station}, '')`;
  const isBehind = behind
    ? or(
        sql`${place} > ${behind[0]}`,
        and(
          sql`${place} = ${behind[0]}`,
          or(gt(contacts.position, behind[1]), and(eq(contacts.position, behind[1]), gt(contacts.id, behind[2]))),
        ),
      )
    : undefined;
  const rows = await db
    .select()
    .from(contacts)
    .where(and(station === undefined ? undefined : eq(contacts.station, station), isBehind))
    .orderBy(asc(place), asc(contacts.position), asc(contacts.id))
    .limit(limit + 1);
  return pageOf(rows, limit, (row) => [row.station ?? "", row.position, row.id]);
}

function contactIncident(context: Context, kind: string, { id, name, station }: Contact) {
  return incidentOf(context, {
    kind,
    ...(station === null ? {} : { station }),
    message: `contact ${id} (${name}), on call for ${station ?? "all stations"}`,
  });
}

type Change = z.output<typeof ContactChange>;
type Defined = { [K in keyof Change]?: Exclude<Change[K], undefined> };

function definedOf(change: Change): Defined {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
