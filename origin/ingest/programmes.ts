import AVPacket from "node-media-server/src/core/avpacket.js";
import Context from "node-media-server/src/core/context.js";
import BroadcastServer from "node-media-server/src/server/broadcast_server.js";
import BaseSession from "node-media-server/src/session/base_session.js";
import { describe, type Log } from "../../kit/log.ts";
import { encodeAacFrame, encodeAacHeader, encodeScript, FLV_AUDIO_HEADER, FlvReader, type FlvTag } from "./flv.ts";

/** Puts one rendition of a programme on the air. */
export type ProgrammePublisher = {
  /** The AudioSpecificConfig; kept for those who join later. */
  header(config: Buffer, timestamp: number): void;
  /** One raw AAC access unit. */
  frame(data: Buffer, timestamp: number): void;
  /** Script data for whoever listens now. Not kept for joiners: a stamp without its frames is of no use. */
  script(event: string, body: string, timestamp: number): void;
  /** Takes the programme off the air: players are ended, taps wait for the next publisher. */
  close(): void;
};

/** Someone on the network who plays a programme. */
export type Player = {
  protocol: "rtmp" | "flv";
  /** One whole RTMP message or FLV tag. */
  send(bytes: Buffer): void;
  /** The programme went off the air. */
  end(reason: string): void;
};

export type Programmes = {
  /** Throws when the path has a publisher already. */
  publish(path: string): ProgrammePublisher;
  isOnAir(path: string): boolean;
  /** Adds a player and returns how it leaves; null when the programme is not on the air. */
  join(path: string, player: Player): (() => void) | null;
  /** Hears every tag of a path, whether it is on the air already or not. Returns how to stop. */
  tap(path: string, onTag: (tag: FlvTag) => void): () => void;
  close(): void;
};

/** How node-media-server is to treat a packet; it caches what it takes for a header, and parses metadata. */
const PACKET = { audioHeader: 0, audio: 1, passOn: 6 } as const;

/** The programmes of this process, each carried by a broadcast of node-media-server's. */
export function createProgrammes(log: Log): Programmes {
  const players = new Map<BroadcastServer, Set<Player>>();

  const broadcastAt = (path: string) => {
    const present = Context.broadcasts.get(path);
    if (present !== undefined) return present;
    const broadcast = new BroadcastServer(path);
    broadcast.flvHeader = FLV_AUDIO_HEADER;
    Context.broadcasts.set(path, broadcast);
    return broadcast;
  };

  const finish = (broadcast: BroadcastServer) => {
    broadcast._finishPublish();
    const leaving = players.get(broadcast) ?? [];
    players.delete(broadcast);
    for (const player of leaving) player.end("the programme went off the air");
  };

  return {
    publish(path) {
      const broadcast = broadcastAt(path);
      const session = new BaseSession();
      const problem = broadcast.postPublish(session);
      if (problem !== null) throw new Error(problem);
      const send = (type: 8 | 18, flags: number, payload: Buffer, timestamp: number) => {
        if (broadcast.publisher === session) broadcast.broadcastMessage(packet(type, flags, payload, timestamp));
      };
      return {
        header: (config, timestamp) => send(8, PACKET.audioHeader, encodeAacHeader(config), timestamp),
        frame: (data, timestamp) => send(8, PACKET.audio, encodeAacFrame(data), timestamp),
        script: (event, body, timestamp) => send(18, PACKET.passOn, encodeScript(event, body), timestamp),
        close() {
          if (broadcast.publisher === session) finish(broadcast);
        },
      };
    },

    isOnAir: (path) => Context.broadcasts.get(path)?.publisher != null,

    join(path, player) {
      const broadcast = Context.broadcasts.get(path);
      if (broadcast?.publisher == null) return null;
      const here = players.get(broadcast) ?? new Set();
      players.set(broadcast, here.add(player));
      const leave = subscribe(broadcast, player.protocol, player.send);
      return () => {
        here.delete(player);
        leave();
      };
    },

    tap(path, onTag) {
      const reader = new FlvReader(onTag);
      let failed = false;
      const leave = subscribe(broadcastAt(path), "flv", (bytes) => {
        if (failed) return;
        try {
          reader.push(bytes);
        } catch (thrown) {
          failed = true;
          log.error("a tap of the programme failed and was taken off", { path, error: describe(thrown) });
          // Only later, since it may be hearing the cached header while it is still being subscribed.
          queueMicrotask(() => leave());
        }
      });
      return leave;
    },

    close() {
      for (const broadcast of Context.broadcasts.values()) finish(broadcast);
      Context.broadcasts.clear();
    },
  };
}

/** An address of "" tells node-media-server that the subscriber is one of its own: no events, no URL signatures. */
function subscribe(broadcast: BroadcastServer, protocol: "rtmp" | "flv", send: (bytes: Buffer) => void): () => void {
  const session = new BaseSession();
  session.ip = "";
  session.protocol = protocol;
  session.sendBuffer = send;
  broadcast.postPlay(session);
  return () => broadcast.donePlay(session);
}

function packet(type: 8 | 18, flags: number, payload: Buffer, timestamp: number): AVPacket {
  const packet = new AVPacket();
  packet.codec_type = type;
  packet.flags = flags;
  packet.dts = timestamp >>> 0;
  packet.pts = packet.dts;
  packet.size = payload.length;
  packet.data = payload;
  return packet;
}
