import { AUDIO_TIMEOUT_MS } from "./live-feed.ts";

/** Every bound of the ingest in one place. */
export type IngestLimits = {
  /** Connections to the RTMP port, in all and from one address. */
  connections: number;
  connectionsPerAddress: number;
  /** Players over RTMP; fewer than the connections, so that a host always finds room. */
  rtmpPlayers: number;
  /** Players and slicers over HTTP-FLV. */
  flvPlayers: number;
  /** Time from the connection to its publish or play. */
  setupTimeoutMs: number;
  /** A publisher without an AAC frame for this long is ended. */
  audioTimeoutMs: number;
  /** A publisher whose last AAC frame is older than this gives way to a second one. */
  takeoverAfterMs: number;
  /** Bytes that may wait for one connection; whoever reads more slowly is dropped. */
  writeBufferBytes: number;
  /** Largest message other than video; AAC frames have at most 6144 bits a channel, commands a few hundred bytes. */
  messageBytes: number;
  /** Largest video message; OBS sends video, which is skipped and takes no memory. */
  videoMessageBytes: number;
  /** Chunk streams of one connection; ffmpeg and OBS use five. */
  chunkStreams: number;
};

export const DEFAULT_LIMITS: IngestLimits = {
  connections: 256,
  connectionsPerAddress: 64,
  rtmpPlayers: 192,
  flvPlayers: 128,
  setupTimeoutMs: 10_000,
  audioTimeoutMs: AUDIO_TIMEOUT_MS,
  takeoverAfterMs: 1500,
  writeBufferBytes: 256 * 1024,
  messageBytes: 16 * 1024,
  videoMessageBytes: 4 * 1024 * 1024,
  chunkStreams: 8,
};
