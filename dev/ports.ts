import { once } from "node:events";
import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";

export type NamedPort = { port: number; purpose: string };

/** Throws when any of these ports is taken, and says by whom. */
export async function expectFreePorts(ports: readonly NamedPort[]): Promise<void> {
  const lines: string[] = [];
  for (const { port, purpose } of ports) {
    if (!(await isTaken(port))) continue;
    const holder = await holderOf(port);
    lines.push(`  port ${port} for ${purpose} is taken${holder === null ? "" : ` by ${holder}`}`);
  }
  if (lines.length > 0) throw new Error(["Radio Dream cannot start:", ...lines, WHAT_TO_DO].join("\n"));
}

const WHAT_TO_DO =
  "End what is there, or choose other ports: EDGE_PORT=9787 CONTROL_PORT=9788 RTMP_PORT=2935 HTTP_PORT=9801 npm start";

/** Whether something listens on a TCP port of this machine, on any of its addresses. */
export async function isTaken(port: number): Promise<boolean> {
  const probe = createServer();
  probe.listen({ port, exclusive: true });
  try {
    await once(probe, "listening");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EADDRINUSE") return true;
    throw thrown;
  }
  probe.close();
  await once(probe, "close");
  return false;
}

/** A TCP port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("the system gave out no port");
  return address.port;
}

/** The process that listens on a port, as `pid 123 (node server.js)`; null where the system does not tell. */
export async function holderOf(port: number): Promise<string | null> {
  const sockets = await listeningSockets(port);
  if (sockets.size === 0) return null;
  for (const pid of (await names("/proc")).filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of await names(`/proc/${pid}/fd`)) {
      const target = await readOrNothing(() => readlink(`/proc/${pid}/fd/${descriptor}`));
      if (sockets.has(target)) return `pid ${pid} (${await commandOf(pid)})`;
    }
  }
  return null;
}

/** The sockets that listen on a port, as `socket:[inode]` (proc(5), /proc/net/tcp). */
async function listeningSockets(port: number): Promise<Set<string>> {
  const LISTEN = "0A";
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => readOrNothing(() => readText(`/proc/net/${name}`))));
  const rows = tables.flatMap((table) => table.split("\n")).map((row) => row.trim().split(/\s+/));
  const ours = rows.filter(([, local, , state]) => local?.endsWith(suffix) && state === LISTEN);
  return new Set(ours.map((row) => `socket:[${row[9]}]`));
}

async function commandOf(pid: string): Promise<string> {
  const command = await readOrNothing(() => readText(`/proc/${pid}/cmdline`));
  return command.split("\0").join(" ").trim().slice(0, 100);
}

function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function readText(path: string): Promise<string> {
  return readFile(path, "utf8");
}

/** Processes end while we look, and others are not ours to look into: both read as nothing. */
function readOrNothing(read: () => Promise<string>): Promise<string> {
  return read().catch(() => "");
}
