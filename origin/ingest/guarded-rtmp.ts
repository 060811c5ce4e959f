import Rtmp, { type Invocation } from "node-media-server/src/protocol/rtmp.js";
import { z } from "zod";
import type { IngestLimits } from "./limits.ts";
import { parseStreamTarget, type StreamTarget } from "./stream-target.ts";

/** Thrown from within the parser, so that nothing behind the offending byte is looked at; the message says why. */
export class RtmpRefusal extends Error {
  override name = "RtmpRefusal";
}

/** What a client can bring about. Any of these may throw a RtmpRefusal to end the connection. */
export type RtmpClientActions = {
  output(bytes: Buffer): void;
  publish(target: StreamTarget): void;
  play(target: StreamTarget): void;
  /** The payload is valid only during the call. */
  audio(timestamp: number, payload: Buffer): void;
  /** Script data came, in AMF0; valid only during the call. */
  script(timestamp: number, payload: Buffer): void;
  /** Video came, or script data that nobody sends. */
  otherMedia(): void;
  deleteStream(): void;
};

/** The message types that have a meaning here (Adobe's RTMP specification 1.0, 5.4 and 7.1); others are skipped. */
const MESSAGE = {
  setChunkSize: 1,
  windowSize: 5,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  commandAmf3: 17,
  data: 18,
  command: 20,
} as const;

const RTMP_VERSION = 3;
const CONTINUATION = 3;
const TIMESTAMP_MODULUS = 2 ** 32;
const MAX_CHUNK_BYTES = 0xffffff;

const Connected = z.object({ app: z.string().max(1024), tcUrl: z.string().max(2048) });
const Named = z.object({ streamName: z.string().max(1024) });

/**
 * node-media-server's RTMP protocol, with a check before each step that it takes on trust. `parserData` throws on
 * whatever it cannot stand; the connection is then to be dropped.
 */
export class GuardedRtmp extends Rtmp {
  readonly #actions: RtmpClientActions;
  readonly #limits: IngestLimits;
  #received = 0;
  #acknowledged = 0;

  constructor(actions: RtmpClientActions, limits: IngestLimits) {
    super();
    this.#actions = actions;
    this.#limits = limits;
    this.onOutputCallback = actions.output;
    // Its FLV parser holds a megabyte that RTMP never uses.
    this.flv = null;
  }

  override parserData(data: Buffer): string | null {
    if (this.#received === 0 && data[0] !== RTMP_VERSION) throw new RtmpRefusal("not RTMP");
    this.#received += data.length;
    const problem = super.parserData(data);
    this.#acknowledge();
    return problem;
  }

  override packetParse(): void {
    super.packetParse();
    if (this.inPackets.size > this.#limits.chunkStreams) throw new RtmpRefusal("too many chunk streams");
    const { bytes, header } = this.parserPacket;
    if (bytes > 0 && header.fmt !== CONTINUATION) throw new RtmpRefusal("a message begins within another");
  }

  override packetAlloc(): void {
    const { type, length } = this.parserPacket.header;
    this.parserPacket.clock %= TIMESTAMP_MODULUS;
    const isVideo = type === MESSAGE.video;
    if (length > (isVideo ? this.#limits.videoMessageBytes : this.#limits.messageBytes)) {
      throw new RtmpRefusal(`a message of ${length} bytes`);
    }
    if (!isVideo) super.packetAlloc();
  }

  override packetHandler(): void {
    const { header, payload, clock } = this.parserPacket;
    const message = payload.subarray(0, header.length);
    switch (header.type) {
      case MESSAGE.audio:
        this.#actions.audio(clock, message);
        break;
      case MESSAGE.data:
        this.#actions.script(clock, message);
        break;
      case MESSAGE.video:
      case MESSAGE.dataAmf3:
        this.#actions.otherMedia();
        break;
      case MESSAGE.setChunkSize:
      case MESSAGE.windowSize:
      case MESSAGE.command:
      case MESSAGE.commandAmf3:
        checkBody(header.type, message);
        super.packetHandler();
    }
  }

  override onPublish(message: Invocation): void {
    this.#actions.publish(this.#target(message));
  }

  override onPlay(message: Invocation): void {
    this.#actions.play(this.#target(message));
  }

  override onDeleteStream(): void {
    this.#actions.deleteStream();
  }

  /** Tells the client in RTMP's words why its stream is refused (7.2.2, onStatus). */
  refuseStream(code: string, description: string): void {
    this.sendStatusMessage(this.streamId ?? 0, "error", code, description);
  }

  #target(message: Invocation): StreamTarget {
    const connected = Connected.safeParse(this.connectCmdObj);
    const named = Named.safeParse(message);
    if (!connected.success) throw new RtmpRefusal("a stream before a valid connect");
    if (!named.success) throw new RtmpRefusal("a stream without a name");
    const target = parseStreamTarget(connected.data.app, connected.data.tcUrl, named.data.streamName);
    this.streamApp = target.app;
    this.streamName = target.name;
    this.streamId = this.parserPacket.header.stream_id;
    return target;
  }

  /** Acknowledges what was received once in a window of the client's choice (5.4.3), as encoders may wait for it. */
  #acknowledge(): void {
    if (!this.ackSize || this.#received - this.#acknowledged < this.ackSize) return;
    this.#acknowledged = this.#received;
    this.sendACK(this.#received % TIMESTAMP_MODULUS);
  }
}

function checkBody(type: number, message: Buffer): void {
  if (message.length === 0) throw new RtmpRefusal("an empty message");
  if (type !== MESSAGE.setChunkSize && type !== MESSAGE.windowSize) return;
  if (message.length < 4) throw new RtmpRefusal("a control message that is too short");
  const bytes = message.readUInt32BE(0);
  if (type === MESSAGE.setChunkSize && (bytes < 1 || bytes > MAX_CHUNK_BYTES)) {
    throw new RtmpRefusal(`a chunk size of ${bytes}`);
  }
}
