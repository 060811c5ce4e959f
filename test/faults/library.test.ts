import { beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { NowJson } from "../../contracts/now-json.ts";
import { segmentAt } from "../../contracts/timeline.ts";
import { placeIn } from "../harness/audio/place.ts";
import { soundOfPcm } from "../harness/audio/sound.ts";
import { toneSpans } from "../harness/audio/tone.ts";
import { incidentsSince } from "../harness/fleet.ts";
import { LONG, PATIENCE_MS } from "../harness/lengths.ts";
import { listenWithFfmpeg } from "../harness/listeners/ffmpeg-listener.ts";
import { approve, decodeFlac, makeNoise, ofStation, playInTurn, settled, upload } from "../harness/media.ts";
import { decodeSegments } from "../harness/recording.ts";
import { STATION, type Stack } from "../harness/stack.ts";
import { studioOf } from "../harness/station.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

const TRACK_SECONDS = 40;
const OFFLINE_SECONDS = LONG ? 1830 : 60;
const REQUEST_MS = 5000;
/** With two files prepared by origins that have little to spare. */
const START_MS = 400_000;
const HISTORY_MS = 90_000;
/** What the node's own folder holds, which is played where a file of the library is missing. */
const FOLDER_HERTZ = 440;
/** In dBFS; it would be heard at -12. */
const FOLDER_LEVEL = -18;
const Plays = z.object({
  items: z.array(z.object({ startedAt: z.int(), title: z.string(), media: z.string().nullable() })),
});

/** A fleet whose station plays two files of its library in turn. */
describe("the library of a fleet", () => {
  let stack: Stack;
  let vigil: Vigil;
  const tracks = new Map<string, { id: string; sound: Float32Array }>();

  beforeAll(async () => {
    const fleet = await startListenedFleet({ tones: [{ frequency: FOLDER_HERTZ }] });
    ({ stack, vigil } = fleet);
    for (const seed of [1, 2]) {
      const flac = await makeNoise(seed, TRACK_SECONDS);
      const { id } = await upload(stack, flac, `noise-${seed}.flac`, "audio/flac");
      const { title } = await settled(stack, id);
      await approve(stack, id);
      tracks.set(title, { id, sound: soundOfPcm(await decodeFlac(flac)).samples });
    }
    await playInTurn(
      stack,
      [...tracks.values()].map(({ id }) => id),
    );
    return fleet.stop;
  }, START_MS);

  const nowJson = async () => {
    const response = await fetch(`${stack.edgeUrl}/${STATION}/now.json`, { signal: AbortSignal.timeout(REQUEST_MS) });
    return NowJson.parse(await response.json());
  };

  /** Waits until a file of the library has been on for longer than new listeners are behind, and will be for some more. */
  const inTheMiddle = async () => {
    const isInTheMiddle = async () => {
      const { now } = await nowJson();
      const seconds = now === null ? 0 : (Date.now() - Date.parse(now.startsAt)) / 1000;
      return now !== null && tracks.has(now.title) && seconds > 18 && seconds < 24;
    };
    await expect.poll(isInTheMiddle, { timeout: 120_000, interval: 500 }).toBe(true);
    const { now } = await nowJson();
    const track = tracks.get(now?.title ?? "");
    if (!now || !track) throw new Error("no track is on");
    return { ...track, title: now.title, startsAt: Date.parse(now.startsAt) };
  };

  it("is played on by the origin that takes over in the middle of a track, within one frame of the place", {
    timeout: PATIENCE_MS,
  }, async () => {
    const track = await inTheMiddle();
    const killedAt = Date.now();
    await stack.kill((await studioOf(stack)).id, "SIGKILL");
    expect(await vigil.hearThisMoment()).toEqual([]);
    const [first, last] = [killedAt - 6000, killedAt + 9000].map((at) => segmentAt(at, 150)) as [number, number];
    const heard = [...vigil.report.segments].filter(([number]) => number >= first && number <= last);
    const { sound, startsAt } = await decodeSegments(new Map(heard));
    const lags = Array.from({ length: 14 }, (_, second) => {
      const expected = Math.round(((startsAt - track.startsAt) / 1000 + second + 0.5) * sound.rate);
      return placeIn(track.sound, sound.samples, Math.round((second + 0.5) * sound.rate), expected) - expected;
    });
    console.log(`samples off its place, second by second: ${lags.join(" ")}`);
    expect(Math.max(...lags) - Math.min(...lags)).toBeLessThan(1024);
    const kinds = (await incidentsSince(stack, killedAt)).map(({ kind }) => kind);
    expect(kinds).toContain("studio-changed");
    const played = { startedAt: expect.any(Number), title: track.title, media: track.id };
    await vi.waitFor(
      async () => {
        const { items } = await stack.api(Plays, "GET", ofStation("/history?limit=20"));
        expect(items.filter(({ startedAt }) => Math.abs(startedAt - track.startsAt) < 2000)).toEqual([played]);
      },
      { timeout: HISTORY_MS, interval: 1000 },
    );
  });

  it("loses a file that is on air only when it has been heard to its end", { timeout: PATIENCE_MS }, async () => {
    const track = await inTheMiddle();
    const path = ofStation(`/media/${track.id}`);
    expect((await stack.request("DELETE", path)).status).toBe(409);
    expect((await stack.request("DELETE", `${path}?force=true`)).status).toBe(204);
    const endsAt = track.startsAt + TRACK_SECONDS * 1000;
    await expect.poll(() => Date.now() > endsAt + 3000, { timeout: 60_000 }).toBe(true);
    expect(await vigil.hearThisMoment()).toEqual([]);
    const { history } = await nowJson();
    const index = history.findIndex(({ startsAt }) => Date.parse(startsAt) === track.startsAt);
    const seconds = (Date.parse(history[index - 1]?.startsAt ?? "") - track.startsAt) / 1000;
    expect(seconds).toBeGreaterThan(TRACK_SECONDS - 2.5);
    expect(history.slice(0, index).map(({ title }) => title)).not.toContain(track.title);
    await stack.api(z.unknown(), "POST", `${path}/restore`, {});
  });

  it("is played from its cache by a node that reaches neither edge nor control", {
    timeout: PATIENCE_MS + OFFLINE_SECONDS * 1200,
  }, async () => {
    await inTheMiddle();
    const node = await studioOf(stack);
    await stack.freeze("workers");
    const listener = await listenWithFfmpeg(`${node.httpUrl}/${STATION}/aac-48k/live.m3u8`);
    try {
      const seconds = () => listener.heard().seconds;
      await expect.poll(seconds, { timeout: OFFLINE_SECONDS * 1100, interval: 1000 }).toBeGreaterThan(OFFLINE_SECONDS);
      const { stalls, problems } = listener.heard();
      expect({ stalls, problems }).toEqual({ stalls: [], problems: [] });
    } finally {
      await listener.stop();
      await stack.thaw("workers");
    }
    const sound = await listener.sound();
    await listener.discard();
    expect(toneSpans(sound, FOLDER_HERTZ, FOLDER_LEVEL)).toEqual([]);
  });
});
