import type { Socket } from "node:net";
import { describe, type Log } from "../../kit/log.ts";
import { parseAacMessage } from "./flv.ts";
import { GuardedRtmp, RtmpRefusal } from "./guarded-rtmp.ts";
import type { Hosts, Refusal } from "./hosts.ts";
import type { IngestLimits } from "./limits.ts";
import type { FeedSource, LiveFeed } from "./live-feed.ts";
import type { Programmes } from "./programmes.ts";
import { remoteOf } from "./remote.ts";
import { programmeOf } from "./stream-target.ts";

export type RtmpConnection = {
  /** Destroys the connection and all it holds, at once. */
  end(reason: string): void;
};

export type RtmpConnectionOptions = {
  hosts: Hosts;
  programmes: Programmes;
  /** A place among the players, freed by the function it returns; null when all are taken. */
  admitPlayer(): (() => void) | null;
  onLive(feed: LiveFeed): void;
  onRefused(refusal: Refusal): void;
  limits: IngestLimits;
  log: Log;
};

type Role =
  | { kind: "new" }
  | { kind: "host"; source: FeedSource; announced: boolean }
  | { kind: "player"; leave(): void };

const SOUND_FORMAT_AAC = 10;

/**
 * Speaks RTMP with one client until it or we are done. Whatever ends it, the socket is destroyed rather than half
 * closed, so that nothing the client still sends can have an effect.
 */
export function serveRtmp(socket: Socket, options: RtmpConnectionOptions): RtmpConnection {
  const { hosts, programmes, limits } = options;
  const remote = remoteOf(socket);
  const log = options.log.with({ remote });
  let role: Role = { kind: "new" };
  let ended = false;

  const end = (reason: string, level: "info" | "warn" | "error" = "info") => {
    if (ended) return;
    ended = true;
    clearTimeout(setup);
    socket.destroy();
    if (role.kind === "host") {
      const { station, key } = role.source.feed;
      log[level]("a host's connection ended", { station, host: key.name, keyId: key.id, reason });
      role.source.feed.close(reason);
    } else if (role.kind === "player") {
      log[level]("a player's connection ended", { reason });
      role.leave();
    } else {
      // Who goes without a word may be a balancer, or our own look at the port.
      log[level === "info" ? "debug" : level]("a connection was dropped", { reason });
    }
  };
  const setup = setTimeout(() => {
    end(`neither publish nor play within ${limits.setupTimeoutMs / 1000} s`, "warn");
  }, limits.setupTimeoutMs);

  const tooSlow = new RtmpRefusal("it reads too slowly");
  const isTooSlowFor = (bytes: Buffer) => socket.writableLength + bytes.length > limits.writeBufferBytes;

  /** An answer to the client; throws within its own request, of which nothing more may then come about. */
  const answer = (bytes: Buffer) => {
    if (isTooSlowFor(bytes)) throw tooSlow;
    socket.write(bytes);
  };
  const sendProgramme = (bytes: Buffer) => {
    if (ended) return;
    if (isTooSlowFor(bytes)) end(tooSlow.message, "warn");
    else socket.write(bytes);
  };

  const settle = (next: Role) => {
    clearTimeout(setup);
    role = next;
  };

  const rtmp = new GuardedRtmp(
    {
      output: answer,
      publish(target) {
        if (role.kind !== "new") throw new RtmpRefusal("a second stream on one connection");
        const admitted = hosts.admit(target, remote);
        if ("refusal" in admitted) {
          rtmp.refuseStream("NetStream.Publish.BadName", admitted.refusal.reason);
          throw refused(admitted.refusal);
        }
        const { source } = admitted;
        const { feed } = source;
        settle({ kind: "host", source, announced: false });
        void feed.ended.then((reason) => end(reason));
        log.info("a host is connected", { station: feed.station, host: feed.key.name, keyId: feed.key.id });
        rtmp.respondPublish();
      },
      play(target) {
        if (role.kind !== "new") throw new RtmpRefusal("a second stream on one connection");
        const path = programmeOf(target);
        if (path === null || !programmes.isOnAir(path)) {
          rtmp.refuseStream("NetStream.Play.StreamNotFound", "There is no such programme on the air.");
          throw new RtmpRefusal(path === null ? "only programmes are played" : `${path} is not on the air`);
        }
        const release = options.admitPlayer();
        if (release === null) throw new RtmpRefusal("too many players");
        let leave: (() => void) | null = null;
        settle({
          kind: "player",
          leave() {
            release();
            leave?.();
          },
        });
        rtmp.respondPlay();
        leave = programmes.join(path, { protocol: "rtmp", send: sendProgramme, end });
        if (ended) leave?.();
        log.info("a player is connected", { path });
      },
      audio(timestamp, payload) {
        if (role.kind !== "host") throw new RtmpRefusal("media from a client that does not publish");
        const [first] = payload;
        if (first === undefined) return;
        if (first >> 4 !== SOUND_FORMAT_AAC) {
          throw refused({ station: role.source.feed.station, remote, reason: "the audio is not AAC" });
        }
        if (parseAacMessage(payload) === null) return;
        try {
          if (!role.announced) {
            role.announced = true;
            options.onLive(role.source.feed);
          }
          role.source.push({ type: 8, timestamp, payload: Buffer.from(payload) });
        } catch (thrown) {
          end(`its audio could not be taken: ${describe(thrown)}`, "error");
          throw new RtmpRefusal("its audio could not be taken");
        }
      },
      script(timestamp, payload) {
        if (role.kind !== "host") throw new RtmpRefusal("media from a client that does not publish");
        role.source.push({ type: 18, timestamp, payload: Buffer.from(payload) });
      },
      otherMedia() {
        if (role.kind !== "host") throw new RtmpRefusal("media from a client that does not publish");
      },
      deleteStream() {
        throw new RtmpRefusal("the client ended its stream");
      },
    },
    limits,
  );

  function refused(refusal: Refusal): RtmpRefusal {
    log.warn("a publisher was refused", { station: refusal.station, reason: refusal.reason });
    options.onRefused(refusal);
    return new RtmpRefusal(refusal.reason);
  }

  socket.on("data", (chunk) => {
    try {
      const problem = rtmp.parserData(chunk);
      if (problem !== null) end(problem, "warn");
    } catch (thrown) {
      end(thrown instanceof RtmpRefusal ? thrown.message : `malformed: ${describe(thrown)}`, "warn");
    }
  });
  socket.on("error", (error) => end(`the connection broke: ${error.message}`));
  socket.on("end", () => end("the client closed the connection"));
  socket.on("close", () => end("the client closed the connection"));
  return { end };
}
