import { sayFigure } from "./figures.ts";
import type { Machine } from "./machine.ts";
import { ROWS, type Row, type RowId, SECTIONS, STACKS, type Stack } from "./rows.ts";
import type { Cell, Sheet } from "./sheet.ts";

/** How a run was made. */
export type Run = {
  at: Date;
  minutes: number;
  quick: boolean;
  machine: Machine;
  /** Cores that others kept busy, before the run and after it. */
  busy: readonly [number, number];
};

const PEERS: readonly Stack[] = ["nginx", "liquidsoap"];

/** The whole of docs/benchmarks.md. */
export function renderPage(run: Run, sheet: Sheet): string {
  const sections = Object.entries(SECTIONS).map(([title, rows]) => {
    const ids = Object.keys(rows) as RowId[];
    return [`## ${title}`, "", ...NOTES[title as keyof typeof SECTIONS], "", ...table(ids, sheet)].join("\n");
  });
  return `${[head(run), verdict(sheet), ...sections, tail(run)].join("\n\n")}\n`;
}

function head({ at, minutes, quick, busy }: Run): string {
  const beside = `${busy[0].toFixed(2)} cores were busy with other things before it, ${busy[1].toFixed(2)} after it`;
  return [
    "# Beside the peers",
    "",
    "What this radio costs and what its listeners hear, beside the stacks that one would else put together from Debian's",
    "packages, in one run on one machine. This page is written by `npm run bench:peers` (as root, for it installs the",
    "packages); do not edit it.",
    "",
    `Made on ${at.toISOString().slice(0, 16).replace("T", " ")} UTC in ${minutes.toFixed(0)} minutes; ${beside}.`,
    ...(quick
      ? ["**A short trial (`--quick`): one repetition of most, good for nothing but to see that it runs.**"]
      : []),
    "Costs and load are measured one stack after another, listening side by side.",
    "Cells are medians, with the range of all repetitions in brackets; **bold** is the best of a row. MB are 10^6 bytes.",
  ].join("\n");
}

/** Where we lose and where we win, row by row, said plainly; our part is Debian's ffmpeg too. */
function verdict(sheet: Sheet): string {
  const judged = (Object.keys(ROWS) as RowId[]).flatMap((id) => compare(id, sheet));
  const list = (wanted: Comparison["verdict"]) => {
    const found = judged.filter(({ verdict }) => verdict === wanted);
    return found.length === 0 ? ["- nothing"] : found.map(({ words }) => `- ${words}`);
  };
  return [
    "## Where we lose",
    "",
    ...list("worse"),
    "",
    "## Where we win",
    "",
    ...list("better"),
    "",
    "## Where it is the same",
    "",
    ...list("same"),
  ].join("\n");
}

type Comparison = { verdict: "better" | "worse" | "same"; words: string };

/** Our median beside the best peer's; nothing where either was not measured. */
export function compare(id: RowId, sheet: Sheet): Comparison[] {
  const row = ROWS[id];
  const ours = figure(sheet.cell(id, "dream"));
  const sign = row.better === "less" ? 1 : -1;
  const [peer] = PEERS.flatMap((stack) => {
    const theirs = figure(sheet.cell(id, stack));
    return theirs === null ? [] : [{ stack, median: theirs.median }];
  }).toSorted((a, b) => sign * (a.median - b.median));
  if (ours === null || peer === undefined) return [];
  const difference = sign * (ours.median - peer.median);
  const say = (value: number) =>
    `${sayFigure({ median: value, least: value, most: value, count: 1 }, row.digits)} ${row.unit}`;
  return [
    {
      verdict: Math.abs(difference) <= row.slack ? "same" : difference > 0 ? "worse" : "better",
      words: `${sectionOf(id)}, ${row.words.replace(": ", ", ")}: ${say(ours.median)}; ${STACKS[peer.stack]} ${say(peer.median)}`,
    },
  ];
}

function sectionOf(id: RowId): string {
  return Object.entries(SECTIONS).find(([, rows]) => id in rows)?.[0] ?? "";
}

function table(ids: readonly RowId[], sheet: Sheet): string[] {
  const stacks = (Object.keys(STACKS) as Stack[]).filter((stack) => ids.some((id) => sheet.cell(id, stack)));
  const failures: string[] = [];
  const rows = ids.map((id) => {
    const cells = stacks.map((stack) => {
      const cell = sheet.cell(id, stack);
      if (cell && "failed" in cell) failures.push(`- ${STACKS[stack]}: ${cell.failed}`);
      return say(id, cell, sheet);
    });
    return `| ${ROWS[id].words} | ${ROWS[id].unit} | ${cells.join(" | ")} |`;
  });
  const failed = failures.length === 0 ? [] : ["", "Not measured:", "", ...new Set(failures)];
  return [
    `| | | ${stacks.map((stack) => STACKS[stack]).join(" | ")} |`,
    `| --- | --- | ${stacks.map(() => "---:").join(" | ")} |`,
    ...rows,
    ...failed,
  ];
}

function say(id: RowId, cell: Cell | null, sheet: Sheet): string {
  if (cell === null) return "–";
  if ("failed" in cell) return "failed";
  const row: Row = ROWS[id];
  const said = sayFigure(cell, row.digits);
  return isBest(id, cell.median, sheet) ? `**${said}**` : said;
}

/** Where all are as good as the others, none is the best. */
function isBest(id: RowId, median: number, sheet: Sheet): boolean {
  const all = (Object.keys(STACKS) as Stack[]).flatMap((stack) => figure(sheet.cell(id, stack))?.median ?? []);
  const best = ROWS[id].better === "less" ? Math.min(...all) : Math.max(...all);
  const isAsGood = (value: number) => Math.abs(value - best) <= 10 ** -ROWS[id].digits / 2;
  return isAsGood(median) && !all.every(isAsGood);
}

function figure(cell: Cell | null) {
  return cell === null || "failed" in cell ? null : cell;
}

function tail({ machine }: Run): string {
  const rows = Object.entries(machine).map(([what, words]) => `| ${what} | ${words} |`);
  return ["## Made on", "", "| | |", "| --- | --- |", ...rows, "", ...LIMITS].join("\n");
}

const LIMITS = [
  "## What this does not show",
  "",
  "One machine and its loopback: no network, no Cloudflare, no disk that fails. Our edge is measured where it does not run in",
  "production, the peers where they do. What happens to a listener when a whole machine dies, the one with the encoder too, is",
  "not compared, for the classic stacks have nothing for it; ours is in `test/faults/`. The peers' settings are ours to choose,",
  "kindly where there was a choice, and stand in `test/bench/peers/`.",
];

/** How each section was measured, and what the peers were told to do. */
const NOTES: Record<keyof typeof SECTIONS, readonly string[]> = {
  "Memory and processor": [
    "Every stack plays the same music from files in real time and encodes each station twice, at 48 and 128 kbit/s AAC,",
    "48 kHz stereo. nginx-rtmp: one ffmpeg a station that encodes and pushes, HLS of both. liquidsoap: one process, 48 kbit/s",
    "pushed to nginx-rtmp for HLS, 128 kbit/s to Icecast. Ours: one origin, with mixing, hashing and upload of both; its Workers,",
    "which Cloudflare runs in production, are not in it. Nobody listens. Sums over all processes of a stack; PSS gives a part of what",
    "they share with other programs of the machine to those.",
  ],
  "Transport stream over the AAC in it": [
    "Bytes of the segments over bytes of the AAC frames in them, without ADTS headers: what listeners download for nothing.",
    "All segments are of 3.2 s.",
  ],
  "A host goes live and is killed": [
    "The library is one tone and the host another; silence is where a listener hears neither, be it quiet sound or a stall. The",
    "host's ffmpeg is killed with -9. nginx-rtmp has no autopilot: a callback ends the ffmpeg that plays the library when a host",
    "publishes, and starts it again afterwards (`hls_continuous on`). liquidsoap fades (0.4 s) between library and harbor, whose",
    "buffer is 5 s, as AzuraCast's. Programme that is not in the stream is time for which no segment was made; it brings a",
    "listener nearer to the end of what there is, until the player stalls.",
  ],
  "From a tone at the host to the sound": [
    "From the sample's being handed to the host's ffmpeg to its being heard. Hosts publish by RTMP, to liquidsoap by its harbor.",
    "ffmpeg stands for a player that begins with the first sound it gets.",
  ],
  "One of two slicers is killed": [
    "Classic: one encoder pushes to an nginx-rtmp that pushes on to two nginx-rtmp slicers; an nginx before them asks the first and,",
    "when it fails, the second (`backup`, `proxy_next_upstream error timeout http_404`). Ours: two origins behind the edge; first the one",
    "is killed that only slices, then, when it has joined again, the other, which makes the programme as well, so that a new studio must",
    "take over; nothing takes over from a killed encoder in the classic stacks. All with -9. The encoder is the same for nginx-rtmp and",
    "for liquidsoap. A stall of 25 s is one that had not ended when the listeners were called off.",
  ],
  "Served by one core": [
    "Requests that wrk (32 connections, from a second process on the same machine) gets answered, over the processor time that the server",
    "took for them. nginx serves files; our edge runs a Worker in workerd. In production this processor is",
    "Cloudflare's, and its cache answers most of it. Icecast: 400 listeners over the processor time it took.",
  ],
};
