import { z } from "zod";
import type { Context } from "../context.ts";
import { CHANNELS, type ChannelName } from "../db/alert-messages.ts";
import { contacts } from "../db/schema.ts";
import { Refusal } from "../refusal.ts";
import { type Recipient, waysTo } from "./call-list.ts";
import type { Channels } from "./channel.ts";
import { readContact } from "./contacts.ts";
import { ALERTING } from "./policy.ts";

export const AlertTest = z.strictObject({
  /** All that are set up, unless one is named. */
  channel: z.enum(CHANNELS).optional(),
  /** The contact who gets it; the first contacts for all stations, unless one is named. */
  contact: z.uuid().optional(),
});

export type TestOutcome = Recipient & { sent: boolean; reason: string | null };

/** Sends a test through the channels at once, past the outbox, and says what became of it. Refused when nobody is there. */
export async function sendTest(
  context: Context,
  channels: Channels,
  input: z.input<typeof AlertTest>,
): Promise<TestOutcome[]> {
  const { channel, contact } = AlertTest.parse(input);
  const recipients = await recipientsOf(context, channels, contact);
  const chosen = recipients.filter((one) => channel === undefined || one.channel === channel);
  if (chosen.length === 0) {
    throw new Refusal(
      409,
      "nobody_to_tell",
      "No channel that is set up reaches a contact; see the settings and the contacts.",
    );
  }
  const text = `A test by ${context.actor}. There is nothing to do.`;
  const told = { event: "test", text };
  const message = {
    id: crypto.randomUUID(),
    subject: "[test] Radio Dream",
    text,
    short: `[test] Radio Dream: ${text}`,
    told,
  };
  return Promise.all(
    chosen.slice(0, ALERTING.sendsPerRound).map(async (recipient) => {
      const outcome = await channels.get(recipient.channel)?.send(recipient.address, message);
      return { ...recipient, sent: outcome?.ok === true, reason: outcome && !outcome.ok ? outcome.reason : null };
    }),
  );
}

async function recipientsOf(context: Context, channels: Channels, contact: string | undefined): Promise<Recipient[]> {
  const setUp = new Set<ChannelName>(channels.keys());
  const people = contact === undefined ? await firstContacts(context) : [await readContact(context, contact)];
  const machines: Recipient[] = setUp.has("webhook") ? [{ channel: "webhook", address: "" }] : [];
  return [...machines, ...people.flatMap((person) => waysTo(person, "critical", setUp))];
}

async function firstContacts({ db }: Context) {
  const rows = await db.select().from(contacts).orderBy(contacts.position, contacts.id).limit(ALERTING.contacts);
  return rows.filter(({ station }) => station === null);
}
