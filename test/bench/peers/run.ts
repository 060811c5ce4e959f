import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ROOT } from "../../../dev/settings.ts";
import { killClassicSlicers } from "./classic-failover.ts";
import { killDreamSlicers } from "./dream-failover.ts";
import { startDreamRadio } from "./dream-radio.ts";
import { startLiquidsoapRadio } from "./liquidsoap-radio.ts";
import { busyCores, describeMachine } from "./machine.ts";
import { startNginxRadio } from "./nginx-radio.ts";
import { FULL, QUICK } from "./often.ts";
import { measureCosts, measureHosts, type Start } from "./one-radio.ts";
import { ensurePackages } from "./packages.ts";
import { renderPage } from "./page.ts";
import { musicLibrary, STATIONS } from "./radio.ts";
import type { RowId, Stack } from "./rows.ts";
import { Sheet } from "./sheet.ts";

/** `npm run bench:peers`: this radio beside the classic stacks, written to docs/benchmarks.md; `--quick`: a short trial. */

const BUSY_MS = 10_000;
/** Tables as the formatter wants them, so that the page passes `npm run check`. */
const BIOME = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
const KILLED = [
  "killed-browser",
  "killed-ffmpeg",
  "elder-browser",
  "elder-ffmpeg",
  "identical-together",
  "identical-later",
] as const satisfies RowId[];

/** Each child that runs has a listener for the end of this process. */
process.setMaxListeners(100);
// What was started is ended with this process, but not when a signal ends it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const quick = process.argv.includes("--quick");
const often = quick ? QUICK : FULL;
ensurePackages();

// All stacks use the ffmpeg on the PATH; with the small one, ours is measured once more.
const smallFfmpeg = process.env.FFMPEG_PATH ?? "";
delete process.env.FFMPEG_PATH;
const stacks: [Stack, Start][] = [
  ["dream", (library, stations) => startDreamRadio(library, stations)],
  ["nginx", startNginxRadio],
  ["liquidsoap", startLiquidsoapRadio],
];
const withSmall: [Stack, Start][] =
  smallFfmpeg === "" ? [] : [["small", (library, stations) => startDreamRadio(library, stations, smallFfmpeg)]];

const at = new Date();
const sheet = new Sheet();
const busyBefore = await busyCores(BUSY_MS);
for (const [stack, start] of [...stacks, ...withSmall]) {
  say(`what it costs: ${stack}`);
  await measureCosts(stack, start, often, sheet);
}
// From here on most is waiting, so that all can be heard side by side.
say("hosts come and go");
await Promise.all(stacks.map(([stack, start]) => measureHosts(stack, start, often, sheet)));
say("slicers are killed");
const [station = ""] = STATIONS;
const library = await musicLibrary([station]);
await Promise.all([
  sheet.measure("dream", KILLED, () => killDreamSlicers(library, often.kills)),
  sheet.measure("nginx", KILLED, () => killClassicSlicers(library, station, often.kills)),
]);
await library.discard();
const busy = [busyBefore, await busyCores(BUSY_MS)] as const;

const path = join(ROOT, quick ? ".radio/benchmarks-quick.md" : "docs/benchmarks.md");
const page = renderPage({ at, minutes: minutes(), quick, machine: describeMachine(smallFfmpeg), busy }, sheet);
await mkdir(dirname(path), { recursive: true });
await writeFile(path, page);
if (!quick) execFileSync(process.execPath, [BIOME, "format", "--write", path]);
say(`written to ${path}`);
if (quick) console.log(page);

function say(words: string): void {
  console.log(`${minutes().toFixed(1).padStart(5)} min  ${words}`);
}

function minutes(): number {
  return (Date.now() - at.getTime()) / 60_000;
}
