import { segmentSeconds } from "../../contracts/timeline.ts";
import { pause } from "../../kit/loop.ts";
import { median } from "../harness/audio/level.ts";
import type { BrowserListener } from "../harness/listeners/browser.ts";
import { listenWithHlsJs } from "../harness/listeners/hls-js.ts";
import { listenOnPlayerPage } from "../harness/listeners/player-page.ts";
import { type Microphone, startMicrophone } from "../harness/microphone.ts";
import { STATION, startStack } from "../harness/stack.ts";
import { studioOf } from "../harness/station.ts";
import { printTable } from "./table.ts";
import { until } from "./until.ts";

/** From a host to a listener: a tone, from when it is handed to the host's ffmpeg to when it is in the browser's sound. */

const BEEPS = 9;
const BEEP_HZ = 3000;
const BEEP_MS = 400;
/** In dB of the browser's analyser: far below the beep, far above what the host's hum has at this frequency. */
const THRESHOLD = -50;

// A library of one tone, for music would hold the beep's frequency now and then.
const stack = await startStack({ tones: [{ frequency: 440 }] });
try {
  const microphone = await startMicrophone(await stack.liveUrl((await studioOf(stack)).id));
  const players = [
    { name: "hls.js, its defaults", bound: 12, listen: () => listenWithHlsJs(`${stack.edgeUrl}/${STATION}/live.m3u8`) },
    { name: "our player page", bound: 9, listen: () => listenOnPlayerPage(stack.edgeUrl, STATION) },
  ];
  const rows: (string | number)[][] = [];
  for (const { name, bound, listen } of players) {
    const listener = await listen();
    const seconds = await measure(microphone, listener);
    await listener.stop();
    const [least, middle, most] = [Math.min(...seconds), median(seconds), Math.max(...seconds)];
    rows.push([name, ...[least, middle, most].map((value) => value.toFixed(1)), bound, middle <= bound ? "yes" : "NO"]);
  }
  await microphone.stop();
  printTable(
    `Seconds from publisher to listener, ${BEEPS} beeps, segments of ${segmentSeconds(150)} s`,
    ["player", "least", "median", "most", "at most", "kept"],
    rows,
  );
} finally {
  await stack.stop();
}

async function measure(microphone: Microphone, listener: BrowserListener): Promise<number[]> {
  await until(() => listener.heard().seconds > 5, "the browser plays");
  await listener.watchTones([{ frequency: BEEP_HZ, threshold: THRESHOLD }]);
  const seconds: number[] = [];
  for (let beep = 0; beep < BEEPS; beep++) {
    const begun = await microphone.beep(BEEP_HZ, BEEP_MS);
    const onset = () => listener.tones().find(({ heard, at }) => heard && at > begun);
    await until(() => onset() !== undefined, "the beep is heard");
    seconds.push(((onset()?.at ?? Number.NaN) - begun) / 1000);
    // Each beep at another place in its segment.
    await pause(1000 + (beep / BEEPS) * segmentSeconds(150) * 1000);
  }
  return seconds;
}
