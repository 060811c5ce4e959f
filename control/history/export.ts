import { stringify } from "csv-stringify/browser/esm/sync";
import type { StationSlug } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { Refusal } from "../refusal.ts";
import { readStation } from "../registry/read-stations.ts";
import { HISTORY } from "./policy.ts";
import { type Period, type Play, readPlaysAfter } from "./read-plays.ts";

const COLUMNS = ["started", "seconds", "title", "artist", "album", "isrc", "source", "host"] as const;

/**
 * What a station has played, oldest first, as CSV (RFC 4180) in UTF-8, for reports to collecting societies. Texts that a
 * spreadsheet would take for formulas get an apostrophe before them. Throws 404 for a station that there is not, 422 for
 * a time that is too long.
 */
export async function exportPlays(context: Context, station: StationSlug, asked: Period): Promise<ReadableStream> {
  await readStation(context, station);
  const until = asked.until ?? context.clock.now();
  const from = asked.from ?? Math.max(0, until - HISTORY.usualExportMs);
  if (until - from > HISTORY.exportMs) {
    throw new Refusal(422, "period_too_long", `One report tells of ${HISTORY.exportMs / 86_400_000} days at most.`);
  }
  const encoder = new TextEncoder();
  let after: number | null = -1;
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(csvOf([[...COLUMNS]], true))),
    async pull(controller) {
      const read = await readPlaysAfter(context, station, { from, until }, after ?? -1, HISTORY.exportRows);
      if (read.length > 0) controller.enqueue(encoder.encode(csvOf(read.map(rowOf), false)));
      after = read.length === HISTORY.exportRows ? (read.at(-1)?.frame ?? null) : null;
      if (after === null) controller.close();
    },
  });
}

function rowOf({ startedAt, seconds, title, artist, album, isrc, source, host }: Play): (string | number | null)[] {
  return [new Date(startedAt).toISOString(), seconds, title, artist, album, isrc, source, host];
}

/** With a byte order mark spreadsheets know that it is UTF-8. */
function csvOf(rows: (string | number | null)[][], isBeginning: boolean): string {
  return stringify(rows, { record_delimiter: "windows", escape_formulas: true, bom: isBeginning });
}
