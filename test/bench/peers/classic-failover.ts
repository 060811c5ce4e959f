import { createHash } from "node:crypto";
import { join } from "node:path";
import { pause } from "../../../kit/loop.ts";
import { claimPorts } from "../../harness/ports.ts";
import { openWorkshop } from "../../relays/server.ts";
import { until } from "../until.ts";
import { startAutopilot } from "./autopilot.ts";
import { hearKill, type Killed, killedRows } from "./killed-slicers.ts";
import { load, readListed } from "./media.ts";
import { startFront, startSlicer } from "./nginx.ts";
import type { Library } from "./radio.ts";
import type { Measured } from "./sheet.ts";

type Joins = "together" | "later";

const JOINED_MS = 20_000;
const LISTED = 4;

/** Kills one in each way, several times; the two ways side by side, for most of it is waiting. */
export async function killClassicSlicers(library: Library, station: string, rounds: number): Promise<Measured> {
  const inTurn = async (joins: Joins) => {
    const killed: Killed[] = [];
    for (let round = 0; round < rounds; round++) killed.push(await killOne(library, station, joins));
    return killed;
  };
  const [together, later] = await Promise.all([inTurn("together"), inTurn("later")]);
  return killedRows(together, later);
}

/**
 * Two nginx-rtmp slicers of one encoder behind an nginx that hands listeners to the second when the first fails. The
 * first is killed; the second was there from the beginning, or joined 20 s before. `identical` is in percent.
 */
async function killOne(library: Library, station: string, joins: Joins): Promise<Killed> {
  const ports = await claimPorts(6);
  const [front, first, second] = [0, 2, 4].map((at) => ({ rtmp: ports.first + at, http: ports.first + at + 1 })) as [
    Ports,
    Ports,
    Ports,
  ];
  const workshop = await openWorkshop();
  const playlist = ({ http }: Ports) => `http://127.0.0.1:${http}/hls/${station}.m3u8`;
  try {
    const elder = await startSlicer(workshop, "first", first);
    if (joins === "together") await startSlicer(workshop, "second", second);
    await startFront(workshop, front, [first, second]);
    const target = `rtmp://127.0.0.1:${front.rtmp}/hls/${station}`;
    await startAutopilot(workshop, join(library.folder, station), [{ kbits: 48, url: target }]);
    await until(async () => (await readListed(playlist(front))).length >= LISTED, "the front lists segments");
    let identical = Number.NaN;
    const heard = await hearKill(
      playlist(front),
      async () => {
        if (joins === "later") {
          await startSlicer(workshop, "second", second);
          await pause(JOINED_MS);
        }
        identical = await identicalShare(playlist(first), playlist(second));
      },
      async () => {
        elder.kill("SIGKILL");
        await elder.ended;
      },
    );
    return { ...heard, identical };
  } finally {
    await workshop.stop();
    await ports.release();
  }
}

type Ports = { rtmp: number; http: number };

/** Of the names that both serve, the share (percent) behind which are the same bytes. */
async function identicalShare(first: string, second: string): Promise<number> {
  const names = (await readListed(second)).slice(0, -1).map(({ url }) => new URL(url).pathname);
  const same: boolean[] = [];
  for (const name of names) {
    const [one, other] = await Promise.all([hashOf(new URL(name, first).href), hashOf(new URL(name, second).href)]);
    if (one !== null && other !== null) same.push(one === other);
  }
  if (same.length === 0) throw new Error("the slicers have no number in common");
  return (same.filter(Boolean).length / same.length) * 100;
}

async function hashOf(url: string): Promise<string | null> {
  const bytes = await load(url).catch(() => null);
  return bytes && createHash("sha256").update(bytes).digest("hex");
}
