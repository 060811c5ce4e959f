import { z } from "zod";

/** Sources that are other people's streams: how they may be named, and what is told of them. */

/** RTMP, RTSP over TCP, MMS over HTTP and over TCP, and HTTP for Icecast, SHOUTcast, HLS and plain files. */
export const RELAY_SCHEMES = ["http", "https", "rtmp", "rtsp", "mmsh", "mmst"] as const;

/** An address with a scheme that relays may have and a host. It may hold credentials, so it is shown to nobody. */
export const RelayUrl = z
  .url({ protocol: new RegExp(`^(?:${RELAY_SCHEMES.join("|")})$`), error: `one of ${RELAY_SCHEMES.join(", ")}` })
  .max(2000)
  .refine((text) => URL.parse(text)?.hostname !== "", "without a host");

/** What may be shown and logged of an address: no user, no password, and of the query only its names. */
export function withoutSecrets(address: string): string {
  const url = new URL(address);
  url.username = "";
  url.password = "";
  for (const name of new Set(url.searchParams.keys())) url.searchParams.set(name, "***");
  url.hash = "";
  return url.href;
}

/** So many of a station are measured at a time: what a small node can bear. */
export const MOST_RELAYS_ON_TRIAL = 8;

/** `refused`: its address, or one it leads to, is none that may be connected to. */
export const RelayState = z.enum(["connecting", "connected", "silent", "refused", "failed"]);
export type RelayState = z.infer<typeof RelayState>;

/** How a relay does, by the studio that is connected to it. */
export const RelayReport = z.object({
  id: z.uuid(),
  state: RelayState,
  /** Why, in words; null where all is well. */
  detail: z.string().max(300).nullable(),
  /** As ffmpeg calls it; null before it is known. */
  codec: z.string().max(40).nullable(),
  /** Bit/s that arrive, or that the stream says it has. */
  bitrate: z.int().nonnegative().nullable(),
  title: z.string().max(300).nullable(),
  /** Of the last hour, as shares from 0 to 1: how much of its audio was silent, and how often it could be heard. */
  silence: z.number().min(0).max(1).nullable(),
  uptime: z.number().min(0).max(1).nullable(),
});
export type RelayReport = z.infer<typeof RelayReport>;
