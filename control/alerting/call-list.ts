import type { StationSlug } from "../../contracts/names.ts";
import type { ChannelName } from "../db/alert-messages.ts";
import type { Severity } from "../db/alerts.ts";
import type { contacts } from "../db/schema.ts";

export type Contact = typeof contacts.$inferSelect;
export type Recipient = { channel: ChannelName; address: string };

/** How a person is told: of a warning by e-mail alone, of what is critical in every way there is. */
export function waysTo(contact: Contact, severity: Severity, channels: ReadonlySet<ChannelName>): Recipient[] {
  const ways: Recipient[] = [];
  if (severity === "critical" && contact.phone !== null) ways.push({ channel: "sms", address: contact.phone });
  if (contact.email !== null) ways.push({ channel: "email", address: contact.email });
  return ways.filter(({ channel }) => channels.has(channel));
}

/** Who is told one after the other: the station's own contacts, then those for all; only who can be reached. */
export function callList(
  contacts: readonly Contact[],
  station: StationSlug | null,
  severity: Severity,
  channels: ReadonlySet<ChannelName>,
): Recipient[][] {
  const inOrder = contacts.toSorted((one, other) => one.position - other.position || (one.id < other.id ? -1 : 1));
  const own = station === null ? [] : inOrder.filter((contact) => contact.station === station);
  const everybodys = inOrder.filter((contact) => contact.station === null);
  return [...own, ...everybodys]
    .map((contact) => waysTo(contact, severity, channels))
    .filter((ways) => ways.length > 0);
}
