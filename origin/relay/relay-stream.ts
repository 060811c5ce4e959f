import { pipeline, type Readable } from "node:stream";
import { RelayUrl, withoutSecrets } from "../../contracts/relay.ts";
import { describe } from "../../kit/log.ts";
import { startChild } from "../process/child.ts";
import { type AddressGuard, RelayRefused } from "./address.ts";
import { READ_PIPE, readHls, readMms, readRtmp, readRtsp, relayArguments } from "./ffmpeg-input.ts";
import { startGuardedProxy } from "./guarded-proxy.ts";
import { startGuardedTunnel } from "./guarded-tunnel.ts";
import { IcyReader, splitTitle } from "./icy.ts";
import { type Reached, reach } from "./reach.ts";
import { factsIn, NO_FACTS, type StreamFacts } from "./stream-facts.ts";

const DEFAULT_RTSP_PORT = 554;
/** More than ffmpeg says before its first sound. */
const MAX_SAID = 16_384;
/** The line in which ffmpeg names what its whitelists forbid. */
const FORBIDDEN = /^.*(?:not on whitelist|blocked for security|URL (?!https?:)\S+ is not in allowed).*$/m;

export type RelayEnd = { reason: string; isRefused: boolean };

/** A relay as far as it is connected: its sound, and what it says of itself. */
export type RelayStream = {
  /** s16le, 48 kHz, stereo. */
  readonly pcm: Readable;
  facts(): StreamFacts;
  /** Resolves when nothing more comes and all that it took is given back; never rejects. */
  readonly ended: Promise<RelayEnd>;
  close(): Promise<void>;
};

export type RelayDependencies = {
  ffmpeg: string;
  guard: AddressGuard;
};

type Way = { input: string[]; sound?: { body: Readable; interval: number }; proxy?: string; close(): Promise<void> };
const NOTHING_TO_CLOSE = { close: async () => {} };

/**
 * Connects to a relay and decodes it.
 *
 * @throws RelayRefused when it leads to an address that may not be connected to, or whatever went wrong on the way;
 * no message holds a credential
 */
export async function openRelay(
  address: string,
  { ffmpeg, guard }: RelayDependencies,
  signal: AbortSignal,
): Promise<RelayStream> {
  const url = new URL(RelayUrl.parse(address));
  const abort = new AbortController();
  const stop = () => abort.abort();
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  let refusal: RelayRefused | null = null;
  const onRefused = (refused: RelayRefused) => {
    refusal ??= refused;
    stop();
  };

  let way: Way;
  try {
    way = await wayTo(await reach(url, { guard, signal: abort.signal }), guard, onRefused);
  } catch (thrown) {
    signal.removeEventListener("abort", stop);
    throw thrown instanceof RelayRefused ? thrown : new Error(readable(describe(thrown), url));
  }

  let said = "";
  let facts = NO_FACTS;
  const child = startChild(ffmpeg, relayArguments(way.input), {
    env: { PATH: process.env.PATH, ...(way.proxy === undefined ? {} : { http_proxy: way.proxy }) },
    onSaid(text) {
      const forbidden = FORBIDDEN.exec(text)?.[0];
      if (forbidden !== undefined) onRefused(new RelayRefused(readable(withoutOrigin(forbidden), url)));
      if (said.length >= MAX_SAID) return;
      said += text;
      facts = { ...factsIn(said), heard: facts.heard ?? factsIn(said).heard };
    },
  });
  abort.signal.addEventListener("abort", () => child.kill());
  if (abort.signal.aborted) child.kill();
  let broken: string | null = null;
  if (way.sound !== undefined) {
    const { body, interval } = way.sound;
    const onTitle = (title: string) => {
      facts = { ...facts, heard: splitTitle(title) };
    };
    const stages = interval > 0 ? [new IcyReader(interval, onTitle)] : [];
    pipeline([body, ...stages, child.stdin], (error) => {
      if (error) broken ??= describe(error);
    });
  }

  const ended = child.ended.then(async (reason): Promise<RelayEnd> => {
    signal.removeEventListener("abort", stop);
    stop();
    await way.close();
    if (refusal !== null) return { reason: refusal.message, isRefused: true };
    return { reason: readable(broken ?? lastError(reason), url), isRefused: false };
  });
  return {
    pcm: child.stdout,
    facts: () => facts,
    ended,
    async close() {
      stop();
      await ended;
    },
  };
}

/** How ffmpeg comes to the sound: over a connection of ours, or on its own by a way that is guarded. */
async function wayTo(reached: Reached, guard: AddressGuard, onRefused: (refused: RelayRefused) => void): Promise<Way> {
  const { kind, url } = reached;
  if (kind === "audio") {
    const interval = Number(reached.answer.headers["icy-metaint"] ?? 0);
    const sound = { body: reached.answer, interval: Number.isSafeInteger(interval) ? interval : 0 };
    return { input: READ_PIPE, sound, close: async () => void reached.answer.destroy() };
  }
  if (kind === "hls" || url.protocol === "mmsh:") {
    const proxy = await startGuardedProxy(guard, onRefused);
    return { input: kind === "hls" ? readHls(url) : readMms(url), proxy: proxy.url, close: () => proxy.close() };
  }
  const { address, family } = await guard.resolve(url.hostname);
  const host = family === 6 || address.includes(":") ? `[${address}]` : address;
  const direct = new URL(url);
  direct.hostname = host;
  if (url.protocol === "rtmp:") return { input: readRtmp(direct, url.host), ...NOTHING_TO_CLOSE };
  if (url.protocol === "mmst:") return { input: readMms(direct), ...NOTHING_TO_CLOSE };
  const tunnel = await startGuardedTunnel({ host: address, port: Number(url.port || DEFAULT_RTSP_PORT) }, onRefused);
  direct.hostname = "127.0.0.1";
  direct.port = `${tunnel.port}`;
  return { input: readRtsp(direct), close: () => tunnel.close() };
}

/** The last error that ffmpeg named. */
function lastError(said: string): string {
  const line = said.split("\n").findLast((each) => /\[(?:error|fatal)\]/.test(each));
  return line === undefined ? "the stream ended" : withoutOrigin(line);
}

/** A line of ffmpeg's without what says whose it is. */
function withoutOrigin(line: string): string {
  return line.replace(/^exited with code \d+: |\[[^\]]*\] /g, "").trim();
}

/** For people: short, in one line, and without a credential. */
function readable(text: string, url: URL): string {
  const plain = text
    .replaceAll(url.href, withoutSecrets(url.href))
    .replace(/\/\/[^\s/@]*@/g, "//")
    .replace(/\p{C}+/gu, " ");
  return (url.search === "" ? plain : plain.replaceAll(url.search, "?***")).slice(0, 300);
}
