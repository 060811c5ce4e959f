import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import logger from "node-media-server/src/core/logger.js";
import type { Clock } from "../../kit/clock.ts";
import type { Log } from "../../kit/log.ts";
import { createAdmission } from "./admission.ts";
import { startAttentiveClock } from "./attentive-clock.ts";
import type { FlvTag } from "./flv.ts";
import { serveFlv } from "./flv-response.ts";
import { type Authorize, createHosts, type Refusal } from "./hosts.ts";
import { DEFAULT_LIMITS, type IngestLimits } from "./limits.ts";
import type { LiveFeed } from "./live-feed.ts";
import { createProgrammes, type ProgrammePublisher } from "./programmes.ts";
import { addressOf, remoteOf } from "./remote.ts";
import { type RtmpConnection, serveRtmp } from "./rtmp-connection.ts";

export type { IngestLimits, ProgrammePublisher };

export type IngestOptions = {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Whose key this is; null refuses. Asked once for each publisher, and answered from what is known here. */
  authorize: Authorize;
  /** An authorised publisher whose first AAC message arrived. Listen to the feed now, and nothing is missed. */
  onLive(feed: LiveFeed): void;
  onRefused(refusal: Refusal): void;
  limits?: Partial<IngestLimits>;
  clock: Clock;
  log: Log;
};

export type Ingest = {
  readonly port: number;
  /** Puts a rendition on the air at a path of `programmePath`. Throws when something is on the air there. */
  publishProgramme(path: string): ProgrammePublisher;
  /** Hears every tag of a path, now and whenever it is published again. Returns how to stop. */
  tapProgramme(path: string, onTag: (tag: FlvTag) => void): () => void;
  /** Serves `GET /radiodream/{name}.flv`; false when the URL is not of that form. */
  serveFlv(request: IncomingMessage, response: ServerResponse): boolean;
  /** Opens the RTMP port anew; who is connected stays. Rejects when it cannot be opened. */
  reopen(): Promise<void>;
  /** Ends every connection and programme; resolves when the port is free. */
  close(): Promise<void>;
};

let running = false;

/**
 * Takes in hosts and gives out programmes, over RTMP and HTTP-FLV. node-media-server does the protocol and the
 * distribution; it keeps its state in globals, so there is one ingest a process. Rejects when the port is taken.
 */
export async function startIngest(options: IngestOptions): Promise<Ingest> {
  if (running) throw new Error("there is an ingest in this process already");
  running = true;
  const { log } = options;
  const { clock, stop: stopClock } = startAttentiveClock(options.clock);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const stockLog = logger.log;
  logger.log = (message) => log.debug("node-media-server", { said: String(message).slice(0, 200) });

  const hosts = createHosts({ authorize: options.authorize, ...limits, clock });
  const programmes = createProgrammes(log);
  const admission = createAdmission({ total: limits.connections, perAddress: limits.connectionsPerAddress });
  const players = createAdmission({ total: limits.rtmpPlayers, perAddress: limits.rtmpPlayers });
  const flvPlayers = createAdmission({ total: limits.flvPlayers, perAddress: limits.connectionsPerAddress });
  const connections = new Set<RtmpConnection>();

  const welcome = (socket: Socket) => {
    const address = addressOf(socket);
    const release = admission.admit(address);
    if (release === null) {
      log.warn("a connection was refused", { remote: remoteOf(socket), reason: "too many connections" });
      socket.destroy();
      return;
    }
    const connection = serveRtmp(socket, {
      hosts,
      programmes,
      admitPlayer: () => players.admit(address),
      onLive: options.onLive,
      onRefused: options.onRefused,
      limits,
      log,
    });
    connections.add(connection);
    socket.on("close", () => {
      connections.delete(connection);
      release();
    });
  };

  const listen = async (port: number): Promise<Server> => {
    const opened = createServer({ noDelay: true, keepAlive: true }, welcome);
    await new Promise<void>((resolve, reject) => {
      opened.once("error", reject);
      opened.listen(port, options.host, resolve);
    });
    opened.on("error", (error) => log.error("the RTMP port cannot accept", { error: error.message }));
    return opened;
  };
  let server: Server | null = null;

  const close = async () => {
    programmes.close();
    for (const connection of connections) connection.end("the ingest closes");
    const open = server;
    if (open?.listening) await new Promise((resolve) => open.close(resolve));
    stopClock();
    logger.log = stockLog;
    running = false;
  };

  try {
    server = await listen(options.port);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const { port } = server.address() as AddressInfo;

  return {
    port,
    async reopen() {
      // Its port is free at once, though it counts as closed only when the last of its connections is.
      server?.close();
      server = await listen(port);
    },
    publishProgramme: programmes.publish,
    tapProgramme: programmes.tap,
    serveFlv: (request, response) =>
      serveFlv(request, response, {
        programmes,
        admission: flvPlayers,
        writeBufferBytes: limits.writeBufferBytes,
        log,
      }),
    close,
  };
}
