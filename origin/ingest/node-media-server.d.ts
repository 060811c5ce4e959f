/** The part of node-media-server 4.4.3 that is used here; the package ships no types. */

declare module "node-media-server/src/core/avpacket.js" {
  export default class AVPacket {
    codec_id: number;
    codec_type: number;
    flags: number;
    pts: number;
    dts: number;
    size: number;
    data: Buffer;
  }
}

declare module "node-media-server/src/core/logger.js" {
  const logger: { log(message: unknown, level?: unknown): void };
  export default logger;
}

declare module "node-media-server/src/core/context.js" {
  import type BroadcastServer from "node-media-server/src/server/broadcast_server.js";

  const Context: { config: object; broadcasts: Map<string, BroadcastServer> };
  export default Context;
}

declare module "node-media-server/src/session/base_session.js" {
  export default class BaseSession {
    readonly id: string;
    ip: string;
    protocol: string;
    streamPath: string;
    sendBuffer: (buffer: Buffer) => void;
  }
}

declare module "node-media-server/src/server/broadcast_server.js" {
  import type AVPacket from "node-media-server/src/core/avpacket.js";
  import type BaseSession from "node-media-server/src/session/base_session.js";
  export default class BroadcastServer {
    constructor(streamPath: string);
    readonly publisher: BaseSession | null;
    readonly subscribers: Map<string, BaseSession>;
    flvHeader: Buffer;
    postPlay(session: BaseSession): string | null;
    donePlay(session: BaseSession): void;
    postPublish(session: BaseSession): string | null;
    _finishPublish(): void;
    broadcastMessage(packet: AVPacket): void;
  }
}

declare module "node-media-server/src/protocol/rtmp.js" {
  export type Invocation = { cmd?: unknown; transId?: unknown; cmdObj?: unknown; streamName?: unknown };
  export default class Rtmp {
    flv: unknown;
    parserPacket: {
      header: { fmt: number; type: number; length: number; stream_id: number };
      clock: number;
      payload: Buffer;
      bytes: number;
    };
    readonly inPackets: Map<number, unknown>;
    readonly handshakeState: number;
    ackSize?: number;
    streamId?: number;
    streamApp?: unknown;
    streamName?: string;
    connectCmdObj?: unknown;
    onOutputCallback: (buffer: Buffer) => void;
    parserData(data: Buffer): string | null;
    packetParse(): void;
    packetAlloc(): void;
    packetHandler(): void;
    onPublish(message: Invocation): void;
    onPlay(message: Invocation): void;
    onDeleteStream(message: Invocation): void;
    respondPublish(): void;
    respondPlay(): void;
    sendACK(bytes: number): void;
    sendStatusMessage(streamId: number, level: string, code: string, description: string): void;
  }
}
