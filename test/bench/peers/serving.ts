import { connect, type Socket } from "node:net";
import { pause } from "../../../kit/loop.ts";
import { requestsPerSecond } from "../load.ts";
import { cpuSecondsOf, treesOf } from "./cost.ts";
import type { Part } from "./radio.ts";

/** How many requests the parts answer in a second of one core's time, round by round. */
export async function servedPerCore(
  parts: readonly Part[],
  url: () => Promise<string>,
  rounds: number,
): Promise<number[]> {
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const target = await url();
    const before = cpuSecondsOf(await treesOf(parts));
    const began = performance.now();
    const rate = await requestsPerSecond(target);
    const seconds = (performance.now() - began) / 1000;
    rates.push((rate * seconds) / (cpuSecondsOf(await treesOf(parts)) - before));
  }
  return rates;
}

/** Listeners of HLS that one core serves, of what it serves of each request. */
export function listenersPerCore(playlists: readonly number[], segments: readonly number[], seconds: number): number[] {
  return playlists.map((rate, round) => seconds / (1 / rate + 1 / (segments[round] ?? Number.NaN)));
}

const SETTLE_MS = 4000;

/** How many listeners of a stream that never ends one core would serve, of what `count` of them take, round by round. */
export async function streamsPerCore(
  part: Part,
  url: string,
  count: number,
  rounds: number,
  windowMs: number,
): Promise<number[]> {
  const { hostname, port, pathname } = new URL(url);
  const broken: string[] = [];
  const sockets: Socket[] = Array.from({ length: count }, () => {
    const socket = connect(Number(port), hostname, () => socket.write(`GET ${pathname} HTTP/1.0\r\n\r\n`));
    socket.on("error", (error) => broken.push(error.message));
    socket.on("close", () => broken.push("closed"));
    return socket.resume();
  });
  try {
    await pause(SETTLE_MS);
    const rates: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [before, began] = [cpuSecondsOf(await treesOf([part])), performance.now()];
      await pause(windowMs);
      const cpu = cpuSecondsOf(await treesOf([part])) - before;
      rates.push((count * (performance.now() - began)) / 1000 / cpu);
    }
    if (broken.length > 0) throw new Error(`${broken.length} of ${count} listeners were sent away: ${broken[0]}`);
    return rates;
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
