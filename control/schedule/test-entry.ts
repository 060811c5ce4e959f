import { NewEntry, type StoredEntry } from "./entry.ts";

/** Entries for tests, of which only what matters is said. */
export function makeEntry(id: string, parts: Partial<StoredEntry> = {}): StoredEntry {
  const content = { kind: "live" as const, keys: [], absent: null, overrunMinutes: 0 };
  const { id: _, ...rest } = { title: id, content, from: "2026-11-22T20:00", durationMinutes: 60, ...parts, id };
  return { ...NewEntry.parse(rest), id };
}
