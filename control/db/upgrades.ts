import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { OriginId } from "../../contracts/names.ts";

/** `paused`: by hand; `halted`: by a failure. Neither begins with another origin; the last three are its end. */
export const UPGRADE_STATES = ["running", "paused", "halted", "done", "cancelled", "rolled-back"] as const;
export type UpgradeState = (typeof UPGRADE_STATES)[number];

/** One change of what the fleet runs, node after node. One at most is open. */
export const upgrades = sqliteTable(
  "upgrades",
  {
    id: text().primaryKey(),
    state: text().$type<UpgradeState>().notNull(),
    stateSince: integer("state_since").notNull(),
    /** Why it is in this state, in words. */
    reason: text(),
    /** How long each node is watched at work before the next, in ms. */
    settleMs: integer("settle_ms").notNull(),
    /** The upgrade that this one takes back. */
    rollbackOf: text("rollback_of"),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    endedAt: integer("ended_at"),
    /** 1 while it has not ended, else null: so that the index lets there be one. */
    open: integer(),
  },
  (table) => [uniqueIndex("upgrades_open").on(table.open), index("upgrades_created").on(table.createdAt, table.id)],
);

/** In this order; `failed` halts the upgrade, `skipped` needed nothing. */
export const UPGRADE_PHASES = ["waiting", "draining", "replacing", "proving", "done", "failed", "skipped"] as const;
export type UpgradePhase = (typeof UPGRADE_PHASES)[number];

/** What becomes of one node, from what it was and to what. */
export const upgradeSteps = sqliteTable(
  "upgrade_steps",
  {
    upgrade: text()
      .notNull()
      .references(() => upgrades.id),
    origin: text().$type<OriginId>().notNull(),
    position: integer().notNull(),
    phase: text().$type<UpgradePhase>().notNull(),
    phaseSince: integer("phase_since").notNull(),
    fromVersion: text("from_version").notNull(),
    fromImage: text("from_image"),
    /** What its new process must say it is; null: whatever it says. */
    toVersion: text("to_version"),
    /** Of what it is made; null: of what nodes are made of otherwise. */
    toImage: text("to_image"),
    /** When its new process was asked for. */
    replacedAt: integer("replaced_at"),
    /** Unix ms before which nothing is tried again. */
    dueAt: integer("due_at").notNull(),
    reason: text(),
  },
  (table) => [primaryKey({ columns: [table.upgrade, table.origin] })],
);
