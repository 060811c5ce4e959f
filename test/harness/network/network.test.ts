import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { type Child, startChild } from "../child.ts";
import { claimPorts, type PortBlock } from "../ports.ts";
import { bridgeOf } from "./addresses.ts";
import { CommandError } from "./command.ts";
import { namesLeft } from "./leftovers.ts";
import { openNamespaces } from "./namespaces.ts";
import type { Network, StackPorts } from "./network.ts";
import { openProxies } from "./proxies.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const NODE = "origin-1";
const SOON = { timeout: 20_000, interval: 50 };

const Places = z.record(
  z.string(),
  z.object({ through: z.array(z.string()).default([]), environment: z.record(z.string(), z.string()) }),
);

const portsOf = ({ first }: PortBlock): StackPorts => ({
  edge: first,
  control: first + 1,
  rtmp: first + 2,
  http: first + 3,
});

async function allowsNamespaces(): Promise<boolean> {
  const block = await claimPorts(4);
  try {
    await (await openNamespaces(portsOf(block), [NODE])).close();
    return true;
  } catch (thrown) {
    if (thrown instanceof CommandError) return false;
    throw thrown;
  } finally {
    await block.release();
  }
}

const namespaces = await allowsNamespaces();

let block: PortBlock;
let network: Network;
let edge: Server;
let askedOfEdge: number;
let node: Child;
/** Where the rest of the world reaches the node. */
let url: string;

async function begin(open: typeof openNamespaces): Promise<void> {
  block = await claimPorts(4);
  const ports = portsOf(block);
  network = await open(ports, [NODE]);
  askedOfEdge = 0;
  edge = createServer((_, response) => {
    askedOfEdge++;
    response.end();
  }).listen(ports.edge, network.settings.LISTEN_HOST ?? "127.0.0.1");
  await once(edge, "listening");
  const place = Places.parse(JSON.parse(network.settings.ORIGIN_PLACES ?? ""))[NODE];
  const [program = "", ...args] = [...(place?.through ?? []), process.execPath, join(FIXTURES, "far-node.ts")];
  node = await startChild(program, args, {
    env: { ...process.env, ...place?.environment, HTTP_PORT: String(ports.http) },
  });
  url = place?.environment.PUBLIC_URL ?? "";
  await expect.poll(() => node.lines.map(({ text }) => text), SOON).toEqual(["up"]);
}

async function end(): Promise<void> {
  await node.stop();
  await network.close();
  edge.closeAllConnections();
  edge.close();
  await block.release();
}

async function load(bytes: number, timeoutMs = 10_000): Promise<number> {
  const began = performance.now();
  const response = await fetch(`${url}/bytes/${bytes}`, {
    headers: { connection: "close" },
    signal: AbortSignal.timeout(timeoutMs),
  });
  expect((await response.arrayBuffer()).byteLength).toBe(bytes);
  return (performance.now() - began) / 1000;
}

/** A connection on which something arrives all the time. */
async function follow() {
  const abort = new AbortController();
  const seen = { ticks: 0, broke: "" };
  const { body } = await fetch(`${url}/ticks`, { signal: abort.signal });
  const read = async () => {
    for await (const chunk of body ?? []) seen.ticks += chunk.length;
  };
  const done = read().catch((thrown: Error) => {
    seen.broke = `${thrown.cause ?? thrown}`;
  });
  return {
    seen,
    stop: () => {
      abort.abort();
      return done;
    },
  };
}

async function reason(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "none",
    (thrown: Error) => `${thrown.name} ${thrown.cause ?? ""}`,
  );
}

describe.each([
  { name: "of namespaces", open: openNamespaces, works: namespaces },
  { name: "of proxies", open: openProxies, works: true },
])("a network $name", ({ open, works }) => {
  beforeEach(() => (works ? begin(open) : undefined));
  afterEach(() => (works ? end() : undefined));

  it.runIf(works)("lets everything pass in both directions", async () => {
    expect(await load(1_000_000)).toBeLessThan(2);
    await expect.poll(() => askedOfEdge, SOON).toBeGreaterThan(2);
  });

  it.runIf(works)("cuts: nothing arrives, nobody is told, and what was under way goes on afterwards", async () => {
    const stream = await follow();
    await expect.poll(() => stream.seen.ticks, SOON).toBeGreaterThan(2);
    await network.cut(NODE);
    const before = { ticks: stream.seen.ticks, asked: askedOfEdge };
    expect(await reason(load(1, 1000))).toMatch("TimeoutError");
    expect(stream.seen.ticks - before.ticks).toBeLessThanOrEqual(1);
    expect(askedOfEdge - before.asked).toBeLessThanOrEqual(1);
    await network.heal(NODE);
    await load(1);
    await expect.poll(() => stream.seen.ticks, SOON).toBeGreaterThan(before.ticks + 10);
    await expect.poll(() => askedOfEdge, SOON).toBeGreaterThan(before.asked + 5);
    expect(stream.seen.broke).toBe("");
    await stream.stop();
  });

  it.runIf(works)("refuses: connections that stand break, new ones are not made", async () => {
    const stream = await follow();
    await network.refuse(NODE);
    await expect.poll(() => stream.seen.broke, SOON).toMatch(/ECONNRESET|other side closed/);
    const asked = askedOfEdge;
    expect(await reason(load(1))).toMatch(/ECONNREFUSED|ECONNRESET|other side closed/);
    expect(askedOfEdge - asked).toBeLessThanOrEqual(1);
    await network.heal(NODE);
    await load(1);
    await expect.poll(() => askedOfEdge, SOON).toBeGreaterThan(asked + 2);
    await stream.stop();
  });

  it.runIf(works)("slows down to a rate", async () => {
    await network.slow(NODE, 20_000);
    const seconds = await load(60_000);
    expect(seconds).toBeGreaterThan(1.8);
    expect(seconds).toBeLessThan(6);
    await network.heal(NODE);
    expect(await load(60_000)).toBeLessThan(1);
  });

  it.runIf(works)("loses a share, which takes time and leaves nothing out", async () => {
    await network.lose(NODE, 0.1);
    const seconds = await Promise.all(Array.from({ length: 16 }, () => load(3000, 50_000)));
    expect(Math.max(...seconds)).toBeGreaterThan(0.15);
    await network.heal(NODE);
    expect(await load(3000)).toBeLessThan(1);
  });

  it.runIf(works)("knows its origins", async () => {
    await expect(network.cut("origin-9")).rejects.toThrow("there is no origin-9");
  });
});

describe.runIf(namespaces)("a network of namespaces", () => {
  it("loses as many packets as it says", async () => {
    await begin(openNamespaces);
    onTestFinished(end);
    const socket = createSocket("udp4");
    const { hostname, port } = new URL(url);
    let arrived = 0;
    // No more at once than a socket holds whose owner has no time.
    for (let batch = 0; batch < 5; batch++) {
      await network.lose(NODE, 0.3);
      for (let sent = 0; sent < 200; sent++) {
        await promisify<string, number, string>(socket.send.bind(socket))("x", Number(port), hostname);
      }
      await network.heal(NODE);
      const begun = arrived;
      const areAllRead = async () => {
        const before = arrived;
        arrived = Number(await (await fetch(`${url}/datagrams`)).text());
        return arrived > begun && arrived === before;
      };
      await expect.poll(areAllRead, SOON).toBe(true);
    }
    socket.close();
    expect(arrived).toBeGreaterThan(620);
    expect(arrived).toBeLessThan(780);
  });

  it("leaves TCP able to work at 2 kB/s", async () => {
    await begin(openNamespaces);
    onTestFinished(end);
    await network.slow(NODE, 2000);
    const seconds = await load(10_000, 30_000);
    expect(seconds).toBeGreaterThan(3);
    expect(seconds).toBeLessThan(15);
  });

  it("leaves nothing behind, whatever still runs in it", async () => {
    await begin(openNamespaces);
    onTestFinished(end);
    const { name } = bridgeOf(block.first);
    expect(await namesLeft(name)).toEqual([`link ${name}`, `link ${name}-1`, `namespace ${name}-1`, `table ${name}-1`]);
    await network.cut(NODE);
    await network.close();
    expect(await namesLeft(name)).toEqual([]);
    expect(await node.ended).toBe("SIGKILL");
  });

  it("takes away what a run that was killed has left", async () => {
    const abandoned = await claimPorts(4);
    const owner = await startChild(process.execPath, [join(FIXTURES, "careless-owner.ts"), String(abandoned.first)]);
    await expect.poll(() => owner.lines.map(({ text }) => text), SOON).toEqual(["up"]);
    const { name } = bridgeOf(abandoned.first);
    await begin(openNamespaces);
    expect(await namesLeft(name)).not.toEqual([]);
    await end();
    owner.kill("SIGKILL");
    await owner.ended;
    await begin(openNamespaces);
    expect(await namesLeft(name)).toEqual([]);
    await end();
    await abandoned.release();
  });
});
