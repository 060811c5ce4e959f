/**
 * Names and addresses of a stack's bridge and of its origins' namespaces, all made of the first of the ports that the
 * stack has claimed, so that stacks side by side do not meet. 198.18.0.0/15 is for tests (RFC 2544, C.2.2).
 */
export type Bridge = { name: string; address: string; prefix: string; mac: string };
export type Namespace = { origin: string; name: string; address: string; mac: string };

const FIRST_PORT = 20_000;
const PORTS_PER_STACK = 32;
const NETWORKS = 512;
const FIRST_ORIGIN = 11;

/** Throws RangeError for a port that no stack can have. */
export function bridgeOf(firstPort: number): Bridge {
  const index = Math.floor((firstPort - FIRST_PORT) / PORTS_PER_STACK);
  if (index < 0 || index >= NETWORKS) throw new RangeError(`port ${firstPort} is none of a stack's`);
  const prefix = `198.${18 + (index >> 8)}.${index & 255}`;
  return { name: `rd${firstPort}`, address: `${prefix}.1`, prefix, mac: macOf(index, 1) };
}

/** The `number`th origin (from 0) behind a bridge. */
export function namespaceOf(firstPort: number, origin: string, number: number): Namespace {
  const { name, prefix, mac } = bridgeOf(firstPort);
  const host = FIRST_ORIGIN + number;
  return { origin, name: `${name}-${number + 1}`, address: `${prefix}.${host}`, mac: mac.replace(/..$/, hex(host)) };
}

function macOf(index: number, host: number): string {
  return ["02", "7d", "00", hex(index >> 8), hex(index & 255), hex(host)].join(":");
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
