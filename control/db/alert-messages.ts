import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { alerts } from "./alerts.ts";

export const CHANNELS = ["sms", "email", "webhook"] as const;
export type ChannelName = (typeof CHANNELS)[number];

export const MESSAGE_REASONS = ["raised", "escalated", "resolved"] as const;
export type MessageReason = (typeof MESSAGE_REASONS)[number];

/** `parked`: given up; `dropped`: its alert was over before it was sent. */
export const MESSAGE_STATES = ["pending", "sent", "parked", "dropped"] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** The outbox: what is to be told to whom. */
export const alertMessages = sqliteTable(
  "alert_messages",
  {
    id: text().primaryKey(),
    alert: text()
      .notNull()
      .references(() => alerts.id),
    reason: text().$type<MessageReason>().notNull(),
    channel: text().$type<ChannelName>().notNull(),
    /** Telephone number or e-mail address; empty for the webhook, whose URL is a setting. */
    address: text().notNull(),
    state: text().$type<MessageState>().notNull(),
    attempts: integer().notNull(),
    /** Not to be tried earlier. */
    nextAt: integer("next_at").notNull(),
    /** When it was sent, parked or dropped. */
    doneAt: integer("done_at"),
    /** Why the last try failed. */
    error: text(),
  },
  (table) => [
    index("alert_messages_due").on(table.state, table.nextAt),
    index("alert_messages_done").on(table.channel, table.doneAt),
    index("alert_messages_alert").on(table.alert),
  ],
);
