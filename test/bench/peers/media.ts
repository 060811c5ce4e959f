import { readSegment } from "../../harness/transport-stream.ts";

/** HLS of whatever server, as far as it must be understood to be measured. */

export type Listed = { url: string; seconds: number };

const TIMEOUT_MS = 15_000;

/** What a media playlist lists now, the oldest first; empty while there is none. */
export async function readListed(playlistUrl: string): Promise<Listed[]> {
  const response = await fetch(playlistUrl, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
  const text = response?.ok ? await response.text() : "";
  return [...text.matchAll(/^#EXTINF:([\d.]+).*\n(?:#.*\n)*([^#\s]\S*)$/gm)].map(([, seconds, uri = ""]) => ({
    url: new URL(uri, playlistUrl).href,
    seconds: Number(seconds),
  }));
}

export async function load(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  return Buffer.from(await response.arrayBuffer());
}

/** What the transport stream adds to the AAC in it, in percent, for each segment that is listed but the newest. */
export async function overheads(playlistUrl: string): Promise<number[]> {
  const listed = (await readListed(playlistUrl)).slice(0, -1);
  const segments = await Promise.all(listed.map(({ url }) => load(url)));
  return segments.map((segment) => {
    const payload = readSegment(segment).frames.reduce((sum, { data }) => sum + data.length, 0);
    return (segment.length / payload - 1) * 100;
  });
}
