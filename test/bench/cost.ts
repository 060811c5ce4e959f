import { z } from "zod";
import { Delivery } from "../../contracts/delivery.ts";
import type { Radio } from "../../dev/cost/radio.ts";
import type { Operations } from "../../dev/cost/rates.ts";
import { ratesOf } from "../../dev/cost/rates.ts";
import { pause } from "../../kit/loop.ts";
import { readOperationCounts } from "../harness/faults.ts";
import { listenWithHlsJs } from "../harness/listeners/hls-js.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { percent, printTable } from "./table.ts";

/**
 * Whether `npm run cost` reckons right: what a radio with hls.js listening really asks of the edge Worker, of R2 and of the
 * bucket's custom domain, counted while it runs, beside what the formula says of it. Exits with 1 beyond the tolerance, or
 * when somebody stalled: on a machine too busy for the radio nothing is asked in time, and the counts say nothing.
 */

const SECONDS = Number(process.env.SECONDS ?? 64);
const LISTENERS = Number(process.env.LISTENERS ?? 3);
/** Of counts as small as these; what is asked twenty times in all may be off by a few. */
const TOLERANCE = 0.25;
const TOLERANCE_COUNT = 6;
/** Until the routing, the leading numbers and all that players have at hand have taken the other way. */
const TURN_MS = 30_000;

const RADIO: Omit<Radio, "mode"> = {
  stations: 1,
  listeners: LISTENERS,
  seconds: 3.2,
  renditions: 2,
  origins: 2,
  nodes: 2,
  places: 1,
  sessionMinutes: Number.POSITIVE_INFINITY,
  kilobits: 176,
};

const KIND = /^(request|edge's|control's) /;

/** `kinds`: requests at the edge by method and path, and operations on R2 by key. */
type Counts = { requests: number; classA: number; classB: number; kinds: Record<string, number> };
const Open = z.object({ reads: z.int(), requests: z.int() });

const stack = await startStack({
  faults: true,
  listed: 3,
  env: { CONTROL_ENTRY: "test/harness/faulty-control/main.ts" },
});
let isOff = false;
try {
  for (const mode of Delivery.options) isOff = (await compare(stack, mode)) || isOff;
} finally {
  await stack.stop();
}
process.exitCode = isOff ? 1 : 0;

async function compare(stack: Stack, mode: Delivery): Promise<boolean> {
  await stack.api(z.unknown(), "PATCH", `/api/v1/stations/${STATION}`, { delivery: mode });
  await pause(TURN_MS);
  const renditions = await renditionUrls(`${stack.edgeUrl}/${STATION}/live.m3u8`);
  const listeners = [];
  for (let one = 0; one < LISTENERS; one += 1) {
    listeners.push(await listenWithHlsJs(renditions[one % renditions.length] ?? ""));
  }
  await pause(8000);
  const before = await countAll(stack);
  const began = performance.now();
  await pause(SECONDS * 1000);
  const after = await countAll(stack);
  const seconds = (performance.now() - began) / 1000;
  const heard = await Promise.all(listeners.map((listener) => listener.stop()));
  const stalls = heard.flatMap((one) => one.stalls).length;
  if (stalls > 0) console.log(`stalls: ${JSON.stringify(heard.map((one) => one.stalls))}`);

  const { uploads, control, listening } = ratesOf({ ...RADIO, mode });
  const expected = (of: keyof Operations) => (uploads[of] + control[of] + listening[of]) * seconds;
  const rows = (["requests", "classA", "classB"] as const).map((of) => {
    const counted = after[of] - before[of];
    const reckoned = expected(of);
    const isWithin = Math.abs(counted - reckoned) <= Math.max(TOLERANCE * reckoned, TOLERANCE_COUNT);
    return { of, counted, reckoned, isWithin };
  });
  printTable(
    `${mode}: ${LISTENERS} listeners by hls.js, ${seconds.toFixed(0)} s, ${stalls} stalls`,
    ["", "counted", "reckoned", "counted / reckoned", `within ${percent(TOLERANCE)}`],
    rows.map(({ of, counted, reckoned, isWithin }) => [
      of,
      counted,
      reckoned.toFixed(0),
      (counted / reckoned).toFixed(2),
      isWithin ? "yes" : "NO",
    ]),
  );
  const kinds = Object.entries(after.kinds).map(
    ([kind, count]) => [kind, count - (before.kinds[kind] ?? 0)] as [string, number],
  );
  printTable(
    "among them: requests at the edge, operations on R2",
    ["", "counted"],
    kinds.filter(([, count]) => count > 0).toSorted(([, one], [, other]) => other - one),
  );
  return stalls > 0 || rows.some(({ isWithin }) => !isWithin);
}

/** Where players find each rendition: left to themselves, all of them would take the same one. */
async function renditionUrls(multivariantUrl: string): Promise<string[]> {
  const text = await (await fetch(multivariantUrl)).text();
  const uris = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return uris.map((uri) => new URL(uri, multivariantUrl).href);
}

/** What both Workers were asked, and what they and the custom domain asked of R2. */
async function countAll(stack: Stack): Promise<Counts> {
  const [edge, control, open] = await Promise.all([
    readOperationCounts(stack.edgeUrl),
    readOperationCounts(stack.controlUrl),
    readOpen(stack.segmentsUrl),
  ]);
  const sum = (...names: string[]) =>
    [edge, control].reduce((all, counts) => all + names.reduce((own, name) => own + (counts[name] ?? 0), 0), 0);
  return {
    requests: sum("request"),
    classA: sum("put", "list"),
    classB: sum("get", "head") + open.reads,
    kinds: Object.fromEntries(
      [...Object.entries(edge), ...Object.entries(control)].filter(([name]) => KIND.test(name)),
    ),
  };
}

async function readOpen(segmentsUrl: string): Promise<z.infer<typeof Open>> {
  return Open.parse(await (await fetch(`${segmentsUrl}/__counts`)).json());
}
