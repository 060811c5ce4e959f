import { segmentSeconds } from "../../contracts/timeline.ts";
import { pause } from "../../kit/loop.ts";
import { median } from "../harness/audio/level.ts";
import { readOperationCounts } from "../harness/faults.ts";
import { claimPorts } from "../harness/ports.ts";
import { type Stack, startStack } from "../harness/stack.ts";
import { startBareWorker } from "./bare-worker.ts";
import { requestsPerSecond } from "./load.ts";
import { percent, printTable } from "./table.ts";

/** What the edge Worker answers a second on its direct socket, beside a bare Worker in the same minutes. */

const ROUNDS = 5;
/** As many segments as a playlist lists once the station has been on air for a while. */
const FULL_LIST = 12;
const COUNTED_REQUESTS = 2000;

await rates();
await operations();

async function rates(): Promise<void> {
  const stack = await startStack({ listed: FULL_LIST, env: { RESTART: "never" } });
  const ports = await claimPorts(2);
  try {
    await silence(stack);
    const targets = [
      { name: "playlist", url: async () => stack.playlistUrl(), port: ports.first },
      { name: "segment", url: () => newestSegment(stack.playlistUrl()), port: ports.first + 1 },
    ];
    const rows: (string | number)[][] = [];
    for (const { name, url, port } of targets) {
      const bytes = (await (await fetch(await url())).arrayBuffer()).byteLength;
      const bare = await startBareWorker(port, bytes);
      const [ours, theirs, ratios]: [number[], number[], number[]] = [[], [], []];
      for (let round = 0; round < ROUNDS; round++) {
        const [edge, nothing] = [await requestsPerSecond(await url()), await requestsPerSecond(bare.url)];
        ours.push(edge);
        theirs.push(nothing);
        ratios.push(edge / nothing);
      }
      await bare.stop();
      rows.push([name, bytes, Math.round(median(ours)), Math.round(median(theirs)), percent(median(ratios))]);
    }
    printTable(
      `Requests a second, medians of ${ROUNDS} rounds, 32 connections`,
      ["request", "bytes", "edge", "bare Worker", "edge / bare"],
      rows,
    );
  } finally {
    await stack.stop();
    await ports.release();
  }
}

async function operations(): Promise<void> {
  const stack = await startStack({ faults: true, listed: FULL_LIST });
  try {
    const rows: (string | number)[][] = [];
    for (const [name, url] of [
      ["playlist", stack.playlistUrl()],
      ["segment", await newestSegment(stack.playlistUrl())],
    ] as const) {
      const before = await readOperationCounts(stack.edgeUrl);
      const began = performance.now();
      for (let request = 0; request < COUNTED_REQUESTS; request += 20) {
        const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(url)));
        for (const answer of answers) await answer.arrayBuffer();
      }
      const after = await readOperationCounts(stack.edgeUrl);
      const each = (operation: string) =>
        (((after[operation] ?? 0) - (before[operation] ?? 0)) / COUNTED_REQUESTS).toFixed(4);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      rows.push([name, seconds, each("get"), each("cache.match"), each("cache.put"), each("origin.fetch")]);
    }
    printTable(
      `Operations a request, ${COUNTED_REQUESTS} requests (uploads of the origins go on meanwhile)`,
      ["request", "seconds", "R2 get", "cache match", "cache put", "origin fetch"],
      rows,
    );
  } finally {
    await stack.stop();
  }
}

/** A playlist that is about to change is held, which would count as slowness: here none changes any more. */
async function silence(stack: Stack): Promise<void> {
  for (const { id } of stack.origins) await stack.kill(id, "SIGKILL");
  await pause(2 * segmentSeconds(150) * 1000);
}

async function newestSegment(playlistUrl: string): Promise<string> {
  const name = [...(await (await fetch(playlistUrl)).text()).matchAll(/^(\S+\.ts)$/gm)].at(-1)?.[1];
  if (!name) throw new Error("the playlist lists nothing");
  return new URL(name, playlistUrl).href;
}
