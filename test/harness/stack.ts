import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import type { Place } from "../../dev/place.ts";
import { describe } from "../../kit/log.ts";
import { pause } from "../../kit/loop.ts";
import { type Child, type Line, startChild } from "./child.ts";
import type { Network } from "./network/network.ts";
import { openNetwork } from "./network/open.ts";
import { claimPorts } from "./ports.ts";
import { sendSignal } from "./signal.ts";
import { endStack } from "./stack-end.ts";
import { type LibraryTone, makeToneLibrary } from "./tone-library.ts";

/** The whole of Radio Dream, as `npm start` runs it, on ports and in a folder of its own. */
export type Stack = {
  edgeUrl: string;
  controlUrl: string;
  /** Where the bucket of the segments is open to everyone. */
  segmentsUrl: string;
  adminToken: string;
  stateDir: string;
  origins: readonly StackOrigin[];
  /** Media playlist of the demo station's rendition. */
  playlistUrl(rendition?: string): string;
  /** Where a host publishes to the demo station, with its stream key; by default on the studio's origin. */
  liveUrl(origin?: string): Promise<string>;
  /** Calls control as the admin; throws where it refuses. */
  api<T>(schema: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T>;
  /** Answers whatever control says. */
  request(method: string, path: string, body?: unknown): Promise<Response>;
  /** What `npm start` has printed. */
  readonly lines: readonly Line[];
  /** The log of one process. */
  log(name: string): Promise<string>;
  /** The process that runs under this name now (`workers`, `origin-1`, ...). */
  pid(name: string): Promise<number>;
  kill(name: string, signal: NodeJS.Signals): Promise<void>;
  /** Stops a process in its tracks, and all it has started (SIGSTOP), until it is thawed. */
  freeze(name: string): Promise<void>;
  thaw(name: string): Promise<void>;
  /** The network between the origins and all else; throws when it was not asked for. */
  readonly network: Network;
  origin(id: string): StackOrigin;
  /** Heals and thaws what is left to, and ends it as Ctrl-C would; throws when it leaves a process or a bound port behind, or ends badly. */
  stop(): Promise<void>;
};

/** `httpUrl` is for looking on; hosts and players, who suffer the faults of the network, use the rest. */
export type StackOrigin = { id: string; httpUrl: string; rtmpPort: number; rtmpUrl: string; programmeUrl: string };

export type StackOptions = {
  origins?: number;
  /** Where single origins run, once the Workers' addresses are known: settings of their own, a command in front. */
  places?(at: { edgeUrl: string; controlUrl: string }): Record<string, Partial<Place>>;
  /** Starts the origins in place of `npm start`, by the `docker run` line that it prints for the first. */
  elsewhere?(line: string, stack: Stack): Promise<void>;
  /** Settings for `npm start` beside those that make it a stack of its own. */
  env?: Record<string, string>;
  /** Puts an edge in place that can be told to break its bucket: see faults.ts. */
  faults?: boolean;
  /** Puts each origin behind a network that can be spoilt. */
  network?: boolean;
  /** What the demo station's library holds in place of the demo library. */
  tones?: readonly LibraryTone[];
  /** A state folder that is there already, or is to stay; by default one that goes with the stack. */
  stateDir?: string;
  /** Segments that must be listed before the stack counts as started. */
  listed?: number;
};

export const STATION = "demo";
export const RENDITION = "aac-48k";

const ROOT = join(import.meta.dirname, "../..");
/** Inside the project, for workerd takes no module from outside of it. */
const STATES = join(ROOT, ".radio/tests");
const START_MS = 90_000;
const REQUEST_MS = 10_000;
const LOOK_MS = 100;

/** Starts the stack and waits until its playlist lists segments; throws with what was printed when it does not. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const count = options.origins ?? 2;
  const ports = await claimPorts(3 + 2 * count);
  await mkdir(STATES, { recursive: true });
  const folder = await mkdtemp(join(STATES, "stack-"));
  const stateDir = options.stateDir ?? join(folder, "state");
  const adminToken = `admin-${crypto.randomUUID()}`;
  if (options.tones) await makeToneLibrary(join(folder, "library"), STATION, options.tones);
  const at = { edge: ports.first, control: ports.first + 1, rtmp: ports.first + 2, http: ports.first + 2 + count };
  const segmentsPort = ports.first + 2 + 2 * count;
  const ids = Array.from({ length: count }, (_, index) => `origin-${index + 1}`);
  const network = options.network ? await openNetwork(at, ids) : null;
  const edgeUrl = `http://127.0.0.1:${at.edge}`;
  const controlUrl = `http://127.0.0.1:${at.control}`;
  const places = options.places?.({ edgeUrl, controlUrl });
  if (network && places) throw new Error("a stack with a network of its own sets its origins up itself");
  const child = await startChild(process.execPath, [join(ROOT, "dev/start.ts")], {
    cwd: ROOT,
    detached: true,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      FFMPEG_PATH: process.env.FFMPEG_PATH,
      EDGE_PORT: String(at.edge),
      CONTROL_PORT: String(at.control),
      SEGMENTS_PORT: String(segmentsPort),
      RTMP_PORT: String(at.rtmp),
      HTTP_PORT: String(at.http),
      ORIGINS: String(options.elsewhere ? 0 : count),
      STATE_DIR: stateDir,
      ADMIN_TOKEN: adminToken,
      ...(options.tones ? { LIBRARY_DIR: join(folder, "library") } : {}),
      ...(options.faults ? { EDGE_ENTRY: "test/harness/faulty-edge/main.ts" } : {}),
      ...network?.settings,
      ...(places ? { ORIGIN_PLACES: JSON.stringify(places) } : {}),
      ...options.env,
    },
  });
  const origins = ids.map((id, index) => {
    const direct = {
      httpUrl: `http://127.0.0.1:${at.http + index}`,
      rtmp: { host: "127.0.0.1", port: at.rtmp + index },
    };
    const { httpUrl, rtmp } = network?.link(id) ?? direct;
    const rtmpUrl = `rtmp://${rtmp.host}:${rtmp.port}`;
    return { id, httpUrl, rtmpPort: rtmp.port, rtmpUrl, programmeUrl: `${rtmpUrl}/radiodream/${STATION}` };
  });

  const request: Stack["request"] = (method, path, body) =>
    fetch(controlUrl + path, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(REQUEST_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const pid = async (name: string) => Number(await readFile(join(stateDir, "run", `${name}.pid`), "utf8"));
  /** Process groups, as negated ids. */
  const frozen = new Set<number>();
  const origin = (id: string) => {
    const found = origins.find((one) => one.id === id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  };
  const stack: Stack = {
    edgeUrl,
    controlUrl,
    segmentsUrl: `http://127.0.0.1:${segmentsPort}`,
    adminToken,
    stateDir,
    origins,
    origin,
    playlistUrl: (rendition = RENDITION) => `${edgeUrl}/${STATION}/${rendition}/live.m3u8`,
    liveUrl: async (id) => {
      const { rtmpUrl } = origin(id ?? "origin-1");
      return `${rtmpUrl}/live/${STATION}?key=${await seededKey(child)}`;
    },
    request,
    api: async (schema, method, path, body) => {
      const response = await request(method, path, body);
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return schema.parse(text === "" ? null : JSON.parse(text));
    },
    lines: child.lines,
    log: (name) => readFile(join(stateDir, "log", `${name}.log`), "utf8"),
    pid,
    kill: async (name, signal) => {
      process.kill(await pid(name), signal);
    },
    freeze: async (name) => {
      const group = -(await pid(name));
      frozen.add(group);
      sendSignal(group, "SIGSTOP");
    },
    thaw: async (name) => {
      const group = -(await pid(name));
      frozen.delete(group);
      sendSignal(group, "SIGCONT");
    },
    get network() {
      if (!network) throw new Error("this stack has no network that can be spoilt");
      return network;
    },
    stop: async () => {
      try {
        for (const group of frozen) sendSignal(group, "SIGCONT");
        for (const id of network ? ids : []) await network?.heal(id);
        await endStack(child, ports, stateDir);
      } finally {
        await network?.close();
        await ports.release();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
  try {
    await options.elsewhere?.(await told(child, /^\s*(docker run .*)$/), stack);
    await seededKey(child);
    await waitForSegments(stack.playlistUrl(), options.listed ?? 2, child);
    return stack;
  } catch (thrown) {
    const said = child.lines.map((line) => line.text).join("\n");
    await stack.stop().catch(() => {});
    throw new Error(`the stack did not start: ${describe(thrown)}\n${said}`);
  }
}

async function waitForSegments(playlistUrl: string, listed: number, child: Child): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (child.running) {
    const text = await fetch(playlistUrl, { signal: AbortSignal.timeout(REQUEST_MS) }).then(
      (response) => (response.ok ? response.text() : ""),
      () => "",
    );
    if (text.split("#EXTINF").length - 1 >= listed) return;
    if (performance.now() > deadline) throw new Error(`no ${listed} segments after ${START_MS / 1000} s`);
    await pause(LOOK_MS);
  }
  throw new Error(`it ended: ${await child.ended}`);
}

/** The stream key that `npm start` tells the demo station's host. */
const seededKey = (child: Child) => told(child, /stream key \S+\?key=(\S+)/);

/** What `npm start` says, once it has: the pattern's first group. */
async function told(child: Child, pattern: RegExp): Promise<string> {
  const deadline = performance.now() + START_MS;
  while (child.running && performance.now() < deadline) {
    for (const { text } of child.lines) {
      const found = pattern.exec(text)?.[1];
      if (found) return found;
    }
    await pause(LOOK_MS);
  }
  throw new Error(`nothing was told that reads as ${pattern}`);
}
