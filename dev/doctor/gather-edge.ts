import { connect } from "node:tls";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { type Answer, ask, askJson, type Told, type Untold } from "./ask.ts";

const EdgeSelf = z.object({
  status: z.string(),
  routing: z.int().nullable(),
  now: z.number(),
  release: z.string().optional(),
  wire: z.int().optional(),
});
export type EdgeSelf = z.infer<typeof EdgeSelf>;

/** How an address is reached from the world. */
export type WebFacts = {
  url: string;
  isSecure: boolean;
  /** On this machine, or in a private network: nobody else reaches it, and nothing of the web is expected of it. */
  isLocal: boolean;
  /** Where plain HTTP leads to; null where it was not asked, for the address is plain or local. */
  plain: Answer | Untold | null;
  certificateDays: number | null;
};

export type EdgeFacts = { url: string; self: Told<EdgeSelf>; askedAt: number; web: WebFacts };

const DAY_MS = 86_400_000;
const TLS_LIMIT_MS = 5000;

export async function gatherEdge(url: string): Promise<EdgeFacts> {
  const web = await gatherWeb(url);
  const askedAt = Date.now();
  return { url, self: await askJson(`${url}/healthz`, EdgeSelf, {}, [503]), askedAt, web };
}

export async function gatherWeb(url: string): Promise<WebFacts> {
  const { protocol, hostname, port } = new URL(url);
  const isSecure = protocol === "https:";
  const isLocal = isLocalHost(hostname);
  const isAsked = isSecure && !isLocal && port === "";
  const plain = isAsked ? await ask(`http://${hostname}/healthz`) : null;
  const certificateDays = isSecure ? await daysOfCertificate(hostname, Number(port || 443)) : null;
  return { url, isSecure, isLocal, plain, certificateDays };
}

/** Addresses that are not for everyone (loopback, private, ...), and names that are for one network alone. */
export function isLocalHost(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  if (ipaddr.isValid(address)) return ipaddr.process(address).range() !== "unicast";
  return !host.includes(".") || /\.(?:local|internal|lan|test)$/.test(host);
}

function daysOfCertificate(host: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, servername: host, timeout: TLS_LIMIT_MS });
    const end = (days: number | null) => {
      socket.destroy();
      resolve(days);
    };
    socket.once("secureConnect", () => {
      const until = Date.parse(socket.getPeerCertificate().valid_to);
      end(Number.isNaN(until) ? null : Math.floor((until - Date.now()) / DAY_MS));
    });
    socket.once("timeout", () => end(null));
    socket.once("error", () => end(null));
  });
}
