import type { DateRange } from "hls.js/light";
import { ITEM_CLASS } from "../../../contracts/date-range.ts";
import { HeardItem } from "../../../contracts/now-json.ts";

/** The items that a playlist tells (RFC 8216, 4.3.2.7), as hls.js has read them; oldest first. What makes no sense is left out. */
export function announcedItems(dateRanges: Record<string, Pick<DateRange, "attr"> | undefined>): HeardItem[] {
  return Object.values(dateRanges)
    .flatMap((range) => {
      const { attr } = range ?? {};
      if (attr?.CLASS !== ITEM_CLASS) return [];
      const item = HeardItem.safeParse({
        source: attr["X-SOURCE"],
        title: attr["X-TITLE"],
        artist: attr["X-ARTIST"],
        host: attr["X-HOST"],
        art: attr["X-ART"],
        startsAt: attr["START-DATE"],
      });
      return item.success ? [item.data] : [];
    })
    .sort((one, other) => Date.parse(one.startsAt) - Date.parse(other.startsAt));
}
