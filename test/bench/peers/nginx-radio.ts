import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe } from "../../../kit/log.ts";
import type { Child } from "../../harness/child.ts";
import { startMicrophone } from "../../harness/microphone.ts";
import { claimPorts } from "../../harness/ports.ts";
import { openWorkshop } from "../../relays/server.ts";
import { startAutopilot } from "./autopilot.ts";
import { startSlicer } from "./nginx.ts";
import type { Library, Radio } from "./radio.ts";

/**
 * nginx with its RTMP module: an ffmpeg for each station encodes the library and pushes it. When a host publishes, the
 * server's callback ends that ffmpeg first, for a name has one publisher, and starts it again when the host has gone.
 */
export async function startNginxRadio(library: Library, stations: readonly string[]): Promise<Radio> {
  const ports = await claimPorts(3);
  const at = { rtmp: ports.first, http: ports.first + 1 };
  const workshop = await openWorkshop();
  const autopilots = new Map<string, Autopilot>();
  const callback = await answerCallbacks(ports.first + 2, autopilots);
  const stop = async () => {
    for (const autopilot of autopilots.values()) autopilot.retire();
    await workshop.stop();
    callback.closeAllConnections();
    await new Promise((resolve) => callback.close(resolve));
    await ports.release();
  };
  try {
    const server = await startSlicer(workshop, "slicer", at, `http://127.0.0.1:${ports.first + 2}/`);
    const rtmp = `rtmp://127.0.0.1:${at.rtmp}/hls`;
    for (const station of stations) {
      const outputs = [
        { kbits: 48, url: `${rtmp}/${station}` },
        { kbits: 128, url: `${rtmp}/${station}_128k` },
      ];
      const autopilot = new Autopilot(() => startAutopilot(workshop, join(library.folder, station), outputs));
      autopilots.set(station, autopilot);
      await autopilot.start();
    }
    const [first = ""] = stations;
    const playlist = (name: string) => `http://127.0.0.1:${at.http}/hls/${name}.m3u8`;
    return {
      stations: stations.map(playlist),
      playlists: [
        { kbits: 48, url: playlist(first) },
        { kbits: 128, url: playlist(`${first}_128k`) },
      ],
      icecastUrl: null,
      parts: async () => [
        { name: "nginx", pid: server.pid },
        ...[...autopilots.values()].flatMap(({ pid }) => (pid === null ? [] : [{ name: "ffmpeg", pid }])),
      ],
      serving: async () => [{ name: "nginx", pid: server.pid }],
      hosted: async () => [],
      goLive: (hum) => startMicrophone(`rtmp://127.0.0.1:${at.rtmp}/live/${first}`, hum),
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** The ffmpeg of one station, which makes way for a host and comes back after. */
class Autopilot {
  readonly #run: () => Promise<Child>;
  #child: Child | null = null;
  #retired = false;
  #hostWaits: (() => void) | null = null;

  constructor(run: () => Promise<Child>) {
    this.#run = run;
  }

  /** Null while a host is on. */
  get pid(): number | null {
    return this.#child?.running ? this.#child.pid : null;
  }

  async start(): Promise<void> {
    if (!this.#retired) this.#child = await this.#run();
  }

  /** Resolves when the station's name has no publisher any more. */
  async makeWay(): Promise<void> {
    if (!this.#child?.running) return;
    const free = new Promise<void>((resolve) => {
      this.#hostWaits = resolve;
    });
    await this.#child.stop();
    await free;
  }

  /** To be called when nginx says that what was published under the name has ended. */
  async nameIsFree(): Promise<void> {
    const host = this.#hostWaits;
    this.#hostWaits = null;
    if (host) host();
    else await this.start();
  }

  retire(): void {
    this.#retired = true;
  }
}

/** Answers nginx's `on_publish` of hosts and `on_publish_done` of what is sliced, as the scripts do that people write for it. */
async function answerCallbacks(port: number, autopilots: ReadonlyMap<string, Autopilot>): Promise<Server> {
  const server = createServer((request, response) => {
    const take = async () => {
      const said = new URLSearchParams(await text(request));
      const autopilot = autopilots.get(said.get("name") ?? "");
      if (said.get("call") === "publish") await autopilot?.makeWay();
      if (said.get("call") === "publish_done") await autopilot?.nameIsFree();
      response.writeHead(200).end();
    };
    take().catch((thrown: unknown) => response.writeHead(500).end(describe(thrown)));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}
