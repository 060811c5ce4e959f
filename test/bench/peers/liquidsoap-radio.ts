import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startMicrophone } from "../../harness/microphone.ts";
import { claimPorts } from "../../harness/ports.ts";
import { openWorkshop } from "../../relays/server.ts";
import { startIcecast } from "./icecast.ts";
import { startSlicer } from "./nginx.ts";
import type { Library, Radio } from "./radio.ts";

type LiquidsoapPorts = { harbor: number; rtmp: number; icecast: number };

const PASSWORD = "hackme";

/**
 * liquidsoap plays the library, fades a host over it who comes by its harbor, and encodes each station twice: at
 * 48 kbit/s for nginx with its RTMP module, which makes HLS of it, and at 128 kbit/s for Icecast.
 */
export async function startLiquidsoapRadio(library: Library, stations: readonly string[]): Promise<Radio> {
  const ports = await claimPorts(4);
  const at = { rtmp: ports.first, http: ports.first + 1, icecast: ports.first + 2, harbor: ports.first + 3 };
  const workshop = await openWorkshop();
  const stop = async () => {
    await workshop.stop();
    await ports.release();
  };
  try {
    const server = await startSlicer(workshop, "slicer", at);
    const icecast = await startIcecast(workshop, at.icecast, PASSWORD);
    const script = join(workshop.folder, "radio.liq");
    await writeFile(script, [SETTINGS, ...stations.map((station) => scriptOf(station, library.folder, at))].join("\n"));
    // liquidsoap does not run as root.
    await chmod(library.folder, 0o755);
    const liquidsoap = await workshop.runUnprivileged("liquidsoap", [script]);
    const [first = ""] = stations;
    const playlist = (station: string) => `http://127.0.0.1:${at.http}/hls/${station}.m3u8`;
    return {
      stations: stations.map(playlist),
      playlists: [{ kbits: 48, url: playlist(first) }],
      icecastUrl: `http://127.0.0.1:${at.icecast}/${first}`,
      parts: async () => [
        { name: "liquidsoap", pid: liquidsoap.pid },
        { name: "nginx", pid: server.pid },
        { name: "icecast", pid: icecast.pid },
      ],
      serving: async () => [{ name: "nginx", pid: server.pid }],
      hosted: async () => [],
      goLive: (hum) =>
        startMicrophone(`icecast://source:${PASSWORD}@127.0.0.1:${at.harbor}/${first}`, hum, [
          ...["-content_type", "audio/aac", "-f", "adts"],
        ]),
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

const SETTINGS = `
settings.frame.audio.samplerate.set(48000)
settings.log.stdout.set(true)
settings.log.file.set(false)
settings.harbor.bind_addrs.set(["127.0.0.1"])
def fade_over(old, new) =
  add(normalize=false, [fade.in(duration=0.4, new), fade.out(duration=0.4, old)])
end
`;

/** A harbor's buffer is 12 s by default; 5 s is what AzuraCast sets. */
const scriptOf = (station: string, library: string, { harbor, rtmp, icecast }: LiquidsoapPorts) => `
library_${station} = playlist(mode="normal", "${library}/${station}")
live_${station} = input.harbor("${station}", port=${harbor}, password="${PASSWORD}", buffer=5., max=20.)
radio_${station} = mksafe(fallback(
  track_sensitive=false, transition_length=1., transitions=[fade_over, fade_over], [live_${station}, library_${station}]
))
output.url(
  url="rtmp://127.0.0.1:${rtmp}/hls/${station}",
  %ffmpeg(format="flv", %audio(codec="aac", samplerate=48000, channels=2, b="48k")),
  radio_${station}
)
output.icecast(
  %ffmpeg(format="adts", %audio(codec="aac", samplerate=48000, channels=2, b="128k")),
  host="127.0.0.1", port=${icecast}, password="${PASSWORD}", mount="${station}", format="audio/aac",
  radio_${station}
)
`;
