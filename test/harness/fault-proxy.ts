import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { pause } from "../../kit/loop.ts";

/** What the proxy does to all its connections, new and old, from the moment it is told. */
export type LinkFault =
  | { kind: "none" }
  /** Resets connections. */
  | { kind: "refuse" }
  /** Takes connections and bytes, and passes nothing on. */
  | { kind: "hang" }
  | { kind: "slow"; bytesPerSecond: number }
  /** Resets a connection after so many bytes of the target's answer. */
  | { kind: "cut"; afterBytes: number }
  /** Passes on what has gathered only every so often. */
  | { kind: "bursts"; everyMs: number };

export type FaultProxy = { port: number; set(fault: LinkFault): void; close(): Promise<void> };

const HANG_LOOK_MS = 20;

/** A TCP proxy before `target` whose link a test can spoil. */
export async function startFaultProxy(target: { port: number; host?: string }): Promise<FaultProxy> {
  let fault: LinkFault = { kind: "none" };
  const sockets = new Set<Socket>();
  const adopt = (socket: Socket) => {
    sockets.add(socket);
    // A reset is what this proxy is for; both ends see it themselves.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    adopt(client);
    if (fault.kind === "refuse") return client.resetAndDestroy();
    const upstream = connect({ port: target.port, host: target.host ?? "127.0.0.1", allowHalfOpen: true });
    adopt(upstream);
    let answered = 0;
    carry(client, upstream, () => fault);
    carry(
      upstream,
      client,
      () => fault,
      (bytes) => {
        answered += bytes;
        return fault.kind === "cut" && answered > fault.afterBytes;
      },
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    set: (next) => {
      fault = next;
      if (next.kind === "refuse") for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Passes bytes from one socket to the other as the fault of the moment allows, until either has ended. */
async function carry(
  from: Socket,
  to: Socket,
  fault: () => LinkFault,
  isCut: (bytes: number) => boolean = () => false,
): Promise<void> {
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      await pause(delayOf(fault(), chunk.length));
      while (fault().kind === "hang" && !to.destroyed) await pause(HANG_LOOK_MS);
      if (isCut(chunk.length)) {
        to.resetAndDestroy();
        from.resetAndDestroy();
        return;
      }
      if (to.destroyed) return;
      if (!to.write(chunk)) await Promise.race([once(to, "drain"), once(to, "close")]);
    }
    to.end();
  } catch {
    // The connection broke: the other side is to see the same.
    to.resetAndDestroy();
  }
}

function delayOf(fault: LinkFault, bytes: number): number {
  if (fault.kind === "slow") return (bytes / fault.bytesPerSecond) * 1000;
  if (fault.kind === "bursts") return fault.everyMs - (Date.now() % fault.everyMs);
  return 0;
}
