import { pause } from "../../../kit/loop.ts";
import { until } from "../until.ts";
import { measureCost } from "./cost.ts";
import { overheads, readListed } from "./media.ts";
import type { Often } from "./often.ts";
import { type Library, musicLibrary, type Radio, STATIONS, toneLibrary } from "./radio.ts";
import type { RowId, Stack } from "./rows.ts";
import { listenersPerCore, servedPerCore, streamsPerCore } from "./serving.ts";
import type { Measured, Sheet } from "./sheet.ts";
import { measureSwitches } from "./switches.ts";

/** All that is measured of one stack's radio on its own. */

export type Start = (library: Library, stations: readonly string[]) => Promise<Radio>;

const ONE = STATIONS.slice(0, 1);
const SEGMENT_SECONDS = 3.2;
const ICECAST_LISTENERS = 400;
const COSTS = {
  1: ["alone-1", "pss-1", "anonymous-1", "cpu-1"],
  5: ["alone-5", "pss-5", "anonymous-5", "cpu-5"],
} as const satisfies Record<number, RowId[]>;

/** What it costs, with one station and with five; with one also what it packs and serves. */
export async function measureCosts(stack: Stack, start: Start, often: Often, sheet: Sheet): Promise<void> {
  await sheet.measure(stack, COSTS[1], () =>
    onAir(start, musicLibrary(ONE), ONE, async (radio) => {
      await pause(often.settleMs);
      sheet.put(stack, await cost(radio, 1, often));
      if (stack === "dream") sheet.put(stack, { "workers-1": (await measureCost(await radio.hosted(), 1, 0)).pss });
      if (stack === "small") return {};
      await sheet.measure(stack, ["overhead-48", "overhead-128"], () => overhead(radio));
      await sheet.measure(stack, ["playlists", "segments", "listeners"], () => served(radio, often));
      if (radio.icecastUrl !== null) await sheet.measure(stack, ["icecast-listeners"], () => streamed(radio, often));
      return {};
    }),
  );
  await sheet.measure(stack, COSTS[5], () =>
    onAir(start, musicLibrary(STATIONS), STATIONS, async (radio) => {
      await pause(often.settleMs);
      return cost(radio, 5, often);
    }),
  );
}

async function cost(radio: Radio, stations: 1 | 5, { windows, windowMs }: Often): Promise<Measured> {
  const { alone, pss, anonymous, cpu } = await measureCost(await radio.parts(), windows, windowMs);
  return {
    [`alone-${stations}`]: alone,
    [`pss-${stations}`]: pss,
    [`anonymous-${stations}`]: anonymous,
    [`cpu-${stations}`]: cpu,
  };
}

/** How hosts come and go, as listeners hear it. */
export async function measureHosts(stack: Stack, start: Start, often: Often, sheet: Sheet): Promise<void> {
  await sheet.measure(stack, ["begin-silent-browser", "end-silent-browser", "latency-browser"], () =>
    onAir(start, toneLibrary(ONE), ONE, async (radio) => {
      await measureSwitches(stack, radio, often.switches, sheet);
      return {};
    }),
  );
}

async function onAir<Result>(
  start: Start,
  library: Promise<Library>,
  stations: readonly string[],
  use: (radio: Radio) => Promise<Result>,
): Promise<Result> {
  const { folder, discard } = await library;
  try {
    const radio = await start({ folder, discard }, stations);
    try {
      for (const url of radio.stations) await until(async () => (await readListed(url)).length > 0, `${url} is on air`);
      return await use(radio);
    } finally {
      await radio.stop();
    }
  } finally {
    await discard();
  }
}

/** At 48 kbit/s. */
function playlistOf({ playlists: [first] }: Radio): string {
  if (!first) throw new Error("a radio without a playlist");
  return first.url;
}

async function overhead({ playlists }: Radio): Promise<Measured> {
  const all = await Promise.all(playlists.map(async ({ kbits, url }) => [`overhead-${kbits}`, await overheads(url)]));
  return Object.fromEntries(all);
}

async function served(radio: Radio, { served }: Often): Promise<Measured> {
  const [parts, playlist] = [await radio.serving(), playlistOf(radio)];
  const playlists = await servedPerCore(parts, async () => playlist, served);
  const segments = await servedPerCore(parts, () => newestSegment(playlist), served);
  return { playlists, segments, listeners: listenersPerCore(playlists, segments, SEGMENT_SECONDS) };
}

async function newestSegment(playlistUrl: string): Promise<string> {
  const newest = (await readListed(playlistUrl)).at(-1);
  if (!newest) throw new Error("the playlist lists nothing");
  return newest.url;
}

async function streamed(radio: Radio, { served, windowMs }: Often): Promise<Measured> {
  const icecast = (await radio.parts()).find(({ name }) => name === "icecast");
  if (!icecast || radio.icecastUrl === null) throw new Error("there is no Icecast");
  const listeners = await streamsPerCore(icecast, radio.icecastUrl, ICECAST_LISTENERS, served, windowMs);
  return { "icecast-listeners": listeners };
}
