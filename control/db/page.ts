import { z } from "zod";
import { Refusal } from "../refusal.ts";

/** Lists answer a page and, if there is more, the cursor of the next: the sort key of the last item, made opaque. */
export type Page<Item> = { items: Item[]; next: string | null };

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(400).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

type Key = readonly (string | number)[];

/** Where a page begins: behind this key. Throws a Refusal for a cursor that no list gave out. */
export function readCursor<K extends Key>(cursor: string | undefined, schema: z.ZodType<K>): K | null {
  if (cursor === undefined) return null;
  try {
    return schema.parse(JSON.parse(atob(cursor)));
  } catch {
    throw new Refusal(422, "bad_cursor", "This cursor was not given out by this list.");
  }
}

/** Cuts a page out of rows of which one more than `limit` was asked for. */
export function pageOf<Row>(rows: Row[], limit: number, keyOf: (row: Row) => Key): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? btoa(JSON.stringify(keyOf(last))) : null };
}
