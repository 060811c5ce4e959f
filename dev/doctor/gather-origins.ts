import { shakeHands } from "./ask.ts";
import { type RegisteredOrigin, reachOrigin } from "./gather-control.ts";

/** An origin from here: why its RTMP and its HTTP cannot be reached; null where they can. */
export type OriginFacts = { registered: RegisteredOrigin; rtmp: string | null; http: string | null };

const AT_ONCE = 8;
const RTMP_PORT = 1935;

export async function gatherOrigins(origins: readonly RegisteredOrigin[]): Promise<OriginFacts[]> {
  const facts: OriginFacts[] = [];
  for (let first = 0; first < origins.length; first += AT_ONCE) {
    facts.push(...(await Promise.all(origins.slice(first, first + AT_ONCE).map(gatherOrigin))));
  }
  return facts;
}

async function gatherOrigin(registered: RegisteredOrigin): Promise<OriginFacts> {
  const { hostname, port } = new URL(registered.rtmpUrl);
  const [rtmp, http] = await Promise.all([
    shakeHands(hostname.replace(/^\[|\]$/g, ""), Number(port || RTMP_PORT)),
    reachOrigin(registered.url),
  ]);
  return { registered, rtmp, http };
}
