import { z } from "zod";
import { startMicrophone } from "../../harness/microphone.ts";
import { startStack } from "../../harness/stack.ts";
import { studioOf } from "../../harness/station.ts";
import type { Library, Radio } from "./radio.ts";

/** Radio Dream as `npm start` runs it, with one origin. `ffmpegPath` null: the one on the PATH, which the peers have too. */
export async function startDreamRadio(
  library: Library,
  [first = "", ...more]: readonly string[],
  ffmpegPath: string | null = null,
): Promise<Radio> {
  const stack = await startStack({
    origins: 1,
    env: { LIBRARY_DIR: library.folder, ...(ffmpegPath === null ? {} : { FFMPEG_PATH: ffmpegPath }) },
  });
  const workers = async () => [{ name: "Workers", pid: await stack.pid("workers") }];
  try {
    for (const slug of more) await stack.api(z.unknown(), "POST", "/api/v1/stations", { slug, name: slug });
    const playlist = (station: string, kbits: number) => `${stack.edgeUrl}/${station}/aac-${kbits}k/live.m3u8`;
    return {
      stations: [first, ...more].map((station) => playlist(station, 48)),
      playlists: [48, 128].map((kbits) => ({ kbits, url: playlist(first, kbits) })),
      icecastUrl: null,
      parts: async () => [{ name: "origin", pid: await stack.pid("origin-1") }],
      serving: workers,
      hosted: workers,
      goLive: async (hum) => startMicrophone(await stack.liveUrl((await studioOf(stack)).id), hum),
      stop: stack.stop,
    };
  } catch (thrown) {
    await stack.stop();
    throw thrown;
  }
}
