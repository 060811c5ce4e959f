import { lookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import { withTimeout } from "../../kit/race.ts";

/** An address that a relay may not lead to. The message is for operators. */
export class RelayRefused extends Error {
  override name = "RelayRefused";
}

export type Address = { address: string; family: number };

/** Says which addresses may be connected to, and finds them: what it returns is to be connected to as it is. */
export type AddressGuard = {
  /** @throws RelayRefused when any address of the host may not be connected to. */
  resolve(host: string): Promise<Address>;
};

const RESOLVE_MS = 5000;

/** Where clouds tell a machine its secrets; the link-local ones are refused as such. */
const METADATA_ADDRESSES = new Set(["168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"]);

/** What an operator may allow. Link-local is never a radio. */
const PRIVATE_RANGES = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);

/** Why an IP address may not be connected to, or null. An IPv4 address within an IPv6 one is judged as what it is. */
export function refusalOf(address: string, isPrivateAllowed: boolean): string | null {
  if (!ipaddr.isValid(address)) return `${address} is no address`;
  const ip = ipaddr.process(address);
  if (METADATA_ADDRESSES.has(ip.toString())) return `${address} is a metadata service`;
  const range = ip.range();
  if (range === "unicast" || (isPrivateAllowed && PRIVATE_RANGES.has(range))) return null;
  return `${address} is no public address (${range})`;
}

/** `resolveAll` is how names are looked up: by the system's resolver unless given. */
export function createAddressGuard(
  isPrivateAllowed: boolean,
  resolveAll: (host: string) => Promise<Address[]> = (host) => lookup(host, { all: true, order: "ipv4first" }),
): AddressGuard {
  return {
    async resolve(host) {
      const bare = host.replace(/^\[(.*)\]$/, "$1");
      const addresses = await withTimeout(RESOLVE_MS, `looking up ${bare}`, () => resolveAll(bare));
      for (const { address } of addresses) {
        const refusal = refusalOf(address, isPrivateAllowed);
        if (refusal !== null) throw new RelayRefused(`${bare}: ${refusal}`);
      }
      const [first] = addresses;
      if (first === undefined) throw new Error(`${bare} has no address`);
      return first;
    },
  };
}
