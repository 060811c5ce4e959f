import type { IncomingMessage } from "node:http";
import { RelayUrl, withoutSecrets } from "../../contracts/relay.ts";
import { withTimeout } from "../../kit/race.ts";
import { RelayRefused } from "./address.ts";
import { type Guarded, guardedRequest } from "./guarded-request.ts";
import { addressesIn, entriesOf, isPlaylist, kindOfPlaylist } from "./playlist-file.ts";

/** Redirects and playlists on the way to the sound. */
const MAX_HOPS = 6;
const PLAYLIST_MS = 8000;
const MAX_PLAYLIST_BYTES = 512 * 1024;
const MAX_HOSTS_IN_HLS = 20;
const HEADERS = { "user-agent": "RadioDream/1 (relay)", accept: "*/*", "icy-metadata": "1" };

/** Where the way ends: at sound over HTTP, at a live HLS playlist, or at an address of another scheme. */
export type Reached =
  | { kind: "audio"; url: URL; answer: IncomingMessage }
  | { kind: "hls"; url: URL }
  | { kind: "other"; url: URL };

/**
 * Follows redirects and playlists to where the sound is, looking at each address anew before it is connected to.
 *
 * @throws RelayRefused when one of them is none that a relay may have
 */
export async function reach(start: URL, guarded: Guarded): Promise<Reached> {
  let url = start;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    if (!isHttp(url)) return { kind: "other", url };
    const answer = await guardedRequest(url, HEADERS, guarded);
    const status = answer.statusCode ?? 0;
    const { location, "content-type": type = "" } = answer.headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      answer.destroy();
      url = relayUrl(location, url);
    } else if (status !== 200) {
      answer.destroy();
      throw new Error(`${withoutSecrets(url.href)} answered ${status}`);
    } else if (!isPlaylist(type, url.pathname)) {
      return { kind: "audio", url, answer };
    } else {
      const text = await withTimeout(PLAYLIST_MS, "the playlist", () => readText(answer));
      if (kindOfPlaylist(text) === "hls") {
        await checkHls(text, url, guarded);
        return { kind: "hls", url };
      }
      const [first] = entriesOf(text);
      if (first === undefined) throw new Error(`${withoutSecrets(url.href)} names no stream`);
      url = relayUrl(first, url);
    }
  }
  throw new RelayRefused(`more than ${MAX_HOPS} redirects and playlists`);
}

const isHttp = ({ protocol }: URL) => protocol === "http:" || protocol === "https:";

/** An address that another one names. @throws RelayRefused */
function relayUrl(text: string, base: URL): URL {
  const url = URL.parse(text, base.href);
  const parsed = RelayUrl.safeParse(url?.href);
  if (url === null || !parsed.success) throw new RelayRefused(`it leads to ${describe(text)}`);
  return url;
}

/** Whatever stands there, made fit for a log. */
function describe(text: string): string {
  const url = URL.parse(text);
  return (url === null ? text : withoutSecrets(url.href)).replace(/\p{C}+/gu, " ").slice(0, 100);
}

/** What ffmpeg will fetch by itself; it is held to the same hosts by the proxy. */
async function checkHls(text: string, base: URL, { guard }: Guarded): Promise<void> {
  const urls = addressesIn(text).map((address) => relayUrl(address, base));
  const other = urls.find((url) => !isHttp(url));
  if (other !== undefined) throw new RelayRefused(`its playlist leads to ${describe(other.href)}`);
  const hosts = new Set(urls.map(({ hostname }) => hostname));
  if (hosts.size > MAX_HOSTS_IN_HLS) throw new RelayRefused(`its playlist leads to ${hosts.size} hosts`);
  await Promise.all([...hosts].map((host) => guard.resolve(host)));
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_PLAYLIST_BYTES) throw new Error("its playlist is too large");
  }
  return Buffer.concat(chunks).toString("utf8");
}
