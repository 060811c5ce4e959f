import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** A block of ports that nobody else has, also not another run of the tests on this machine. */
export type PortBlock = { first: number; size: number; release(): Promise<void> };

const LOWEST = 20_000;
/** Linux gives outgoing connections ports from 32768 on: below, nothing takes one by chance. */
const HIGHEST = 32_000;
const BLOCK = 32;

/**
 * Claims `size` free ports in a row (at most 31). A listener on the port before them is the claim: it bars other runs,
 * and the system lifts it when this process ends, however it ends. Throws when no block is free.
 */
export async function claimPorts(size: number, host = "127.0.0.1"): Promise<PortBlock> {
  if (size >= BLOCK) throw new RangeError(`at most ${BLOCK - 1} ports`);
  const blocks = Math.floor((HIGHEST - LOWEST) / BLOCK);
  const start = process.pid % blocks;
  for (let attempt = 0; attempt < blocks; attempt++) {
    const guardPort = LOWEST + ((start + attempt) % blocks) * BLOCK;
    const guard = await listen(guardPort, host);
    if (!guard) continue;
    const ports = Array.from({ length: size }, (_, index) => guardPort + 1 + index);
    if ((await boundPorts(ports)).length === 0) {
      guard.unref();
      return { first: guardPort + 1, size, release: () => close(guard) };
    }
    await close(guard);
  }
  throw new Error("no free block of ports");
}

/** Those of `ports` that something listens on, on any address of this machine. */
export async function boundPorts(ports: readonly number[]): Promise<number[]> {
  const bound: number[] = [];
  for (const port of ports) {
    const probe = await listen(port);
    if (probe) await close(probe);
    else bound.push(port);
  }
  return bound;
}

/** A listener, or null when the port is taken. Without a host it takes every address. */
async function listen(port: number, host?: string): Promise<Server | null> {
  const server = createServer();
  server.listen({ port, exclusive: true, ...(host === undefined ? {} : { host }) });
  try {
    await once(server, "listening");
    return server;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EADDRINUSE") return null;
    throw thrown;
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
