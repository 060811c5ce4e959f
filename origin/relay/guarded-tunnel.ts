import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { RelayRefused } from "./address.ts";

/** An RTSP server's answer that sends its client elsewhere (RFC 2326, 11.3). */
const REDIRECT = /RTSP\/1\.\d 3\d\d /;
const REDIRECT_BYTES = 20;
const MAX_CONNECTIONS = 2;

export type GuardedTunnel = {
  /** On loopback. */
  readonly port: number;
  close(): Promise<void>;
};

/**
 * A way to one RTSP server on which it cannot send ffmpeg anywhere else: ffmpeg follows redirects without asking, so a
 * connection on which one comes is cut.
 */
export async function startGuardedTunnel(
  to: { host: string; port: number },
  onRefused: (refusal: RelayRefused) => void,
): Promise<GuardedTunnel> {
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const own = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("error", () => {});
    return socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    const far = own(connect(to));
    own(near).once("close", () => far.destroy());
    far.once("close", () => near.destroy());
    near.pipe(far);
    let end = "";
    far.on("data", (chunk: Buffer) => {
      const text = end + chunk.toString("latin1");
      end = text.slice(-REDIRECT_BYTES);
      if (REDIRECT.test(text)) {
        onRefused(new RelayRefused("the server redirects to another address"));
        return cut();
      }
      if (!near.write(chunk)) far.pause();
    });
    near.on("drain", () => far.resume());
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
