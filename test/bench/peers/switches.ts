import { pause } from "../../../kit/loop.ts";
import { gather } from "../../harness/audience.ts";
import { toneSpans } from "../../harness/audio/tone.ts";
import type { BrowserListener } from "../../harness/listeners/browser.ts";
import { type FfmpegListener, listenWithFfmpeg } from "../../harness/listeners/ffmpeg-listener.ts";
import { listenWithHlsJs } from "../../harness/listeners/hls-js.ts";
import type { Stall } from "../../harness/listeners/listener.ts";
import { until } from "../until.ts";
import { readListed } from "./media.ts";
import { lostBetween, type Seen, watchPlaylist } from "./programme-lost.ts";
import { LIBRARY_HZ, type Radio } from "./radio.ts";
import type { RowId, Stack } from "./rows.ts";
import type { Measured, Sheet } from "./sheet.ts";
import { heardAt, silencesOfEdges, silencesOfSound, silentBetween } from "./silence.ts";

/** A host goes live, beeps, and is killed: what listeners hear of it, and how long after. */

const LIVE_HZ = 1000;
const BEEP_HZ = 3000;
const BEEP_MS = 400;
const BEEPS = 3;
/** Each beep at another place in its segment. */
const BETWEEN_BEEPS_MS = 2000;
/** In dB of the browser's analyser, where the host's hum reads some -24. */
const BROWSER_DB = -50;
const BEEP_DB = -35;
const SETTLED_SECONDS = 14;
/** ffmpeg may be this much later than hls.js. */
const AFTER_MS = 10_000;
/** Players begin some segments before the end of what is listed. */
const LISTED = 6;

type Round = { begun: number; killed: number; ended: number; beeps: number[] };

export async function measureSwitches(stack: Stack, radio: Radio, count: number, sheet: Sheet): Promise<void> {
  const [{ url } = { url: "" }] = radio.playlists;
  await until(async () => (await readListed(url)).length >= LISTED, `${LISTED} segments are listed`);
  const listening = [listenWithHlsJs(url), listenWithFfmpeg(url)] as const;
  const more = radio.icecastUrl === null ? [] : [listenWithFfmpeg(radio.icecastUrl)];
  const audience = await gather([...listening, ...more]);
  const [browser, ...ffmpegs] = [await listening[0], await listening[1], ...(await Promise.all(more))];
  const watch = watchPlaylist(url);
  try {
    await until(() => audience.heard().every(({ seconds }) => seconds > SETTLED_SECONDS), "everyone listens");
    await browser.watchTones([LIBRARY_HZ, LIVE_HZ, BEEP_HZ].map((frequency) => ({ frequency, threshold: BROWSER_DB })));
    const rounds: Round[] = [];
    for (let round = 0; round < count; round++) rounds.push(await goLiveOnce(radio, browser));
    const inBrowser = {
      silences: silencesOfEdges(browser.tones(), Date.now()),
      beeps: browser
        .tones()
        .filter(({ frequency, heard }) => frequency === BEEP_HZ && heard)
        .map(({ at }) => at),
    };
    await audience.stop();
    const [overHls, overIcecast] = await Promise.all(ffmpegs.map(readFfmpeg));
    const listeners = [
      [inBrowser, "browser"],
      [overHls, "ffmpeg"],
      [overIcecast, "icecast"],
    ] as const;
    for (const [perceived, name] of listeners) {
      if (perceived === undefined) continue;
      const [begin, end, delay] = [`begin-silent-${name}`, `end-silent-${name}`, `latency-${name}`] as const;
      await sheet.measure(stack, [begin, end], async () => silences(rounds, perceived, [begin, end]));
      await sheet.measure(stack, [delay], async () => ({ [delay]: latencies(rounds, perceived) }));
    }
    await sheet.measure(stack, ["begin-missing", "end-missing"], async () => lost(rounds, watch.seen));
  } finally {
    await audience.stop();
    await watch.stop();
    await Promise.all(ffmpegs.map((listener) => listener.discard()));
  }
}

/** `ended` is a while after the library was heard again. */
async function goLiveOnce(radio: Radio, browser: BrowserListener): Promise<Round> {
  const begun = Date.now();
  const hears = (wanted: number, since: number) =>
    browser.tones().some(({ frequency, heard, at }) => frequency === wanted && heard && at > since);
  const host = await radio.goLive(LIVE_HZ);
  try {
    await until(() => hears(LIVE_HZ, begun), "the host is heard");
    const beeps: number[] = [];
    for (let beep = 0; beep < BEEPS; beep++) {
      beeps.push(await host.beep(BEEP_HZ, BEEP_MS));
      await pause(BETWEEN_BEEPS_MS);
    }
    const last = beeps.at(-1) ?? begun;
    await until(() => hears(BEEP_HZ, last), "the last beep is heard");
    await pause(BETWEEN_BEEPS_MS);
    const killed = Date.now();
    await host.kill();
    await until(() => hears(LIBRARY_HZ, killed), "the library is heard again");
    await pause(AFTER_MS);
    return { begun, killed, ended: Date.now(), beeps };
  } finally {
    await host.kill();
  }
}

type Perception = { silences: readonly Stall[]; beeps: readonly number[] };

async function readFfmpeg(listener: FfmpegListener): Promise<Perception> {
  const [sound, heard] = [await listener.sound(), listener.heard()];
  return {
    silences: silencesOfSound(sound, [LIBRARY_HZ, LIVE_HZ], heard),
    beeps: toneSpans(sound, BEEP_HZ, BEEP_DB).map(({ from }) => heardAt(heard, from)),
  };
}

function silences(rounds: readonly Round[], { silences }: Perception, [begin, end]: readonly [RowId, RowId]): Measured {
  return {
    [begin]: rounds.map(({ begun, killed }) => silentBetween(silences, begun, killed)),
    [end]: rounds.map(({ killed, ended }) => silentBetween(silences, killed, ended)),
  };
}

function lost(rounds: readonly Round[], seen: readonly Seen[]): Measured {
  return {
    "begin-missing": rounds.map(({ begun, killed }) => Math.max(0, lostBetween(seen, begun, killed))),
    "end-missing": rounds.map(({ killed, ended }) => Math.max(0, lostBetween(seen, killed, ended))),
  };
}

/** Seconds from each beep to its being heard; throws where one was not. */
function latencies(rounds: readonly Round[], { beeps }: Perception): number[] {
  const sent = rounds.flatMap((round) => round.beeps);
  if (sent.length !== beeps.length) throw new Error(`${sent.length} beeps were sent and ${beeps.length} heard`);
  return beeps.map((heard, beep) => (heard - (sent[beep] ?? Number.NaN)) / 1000);
}
