import { connect } from "node:net";

const WITHIN_MS = 2000;
/** C0 and C1 of the handshake: version 3, then time, zero and 1528 bytes of anything. */
const HELLO = Buffer.concat([Buffer.from([3]), Buffer.alloc(1536)]);

/**
 * Whether the RTMP port takes a connection and answers its handshake, or turns it away because the house is full. Never
 * rejects.
 */
export function probeRtmp(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    let taken = false;
    const socket = connect({ host: host === "0.0.0.0" ? "127.0.0.1" : host, port });
    const end = (accepts: boolean) => {
      clearTimeout(late);
      socket.destroy();
      resolve(accepts);
    };
    const late = setTimeout(() => end(false), WITHIN_MS);
    socket.on("connect", () => {
      taken = true;
      socket.write(HELLO);
    });
    socket.on("data", () => end(true));
    socket.on("error", () => end(taken));
    socket.on("close", () => end(taken));
  });
}
