import ipaddr from "ipaddr.js";

/**
 * Why an address is refused at once, or null. What a name means is looked up by the origin that connects, each time
 * anew; here only what is an address as it stands, or the machine's own name, can be told.
 */
export function refusalOf(url: string, isPrivateAllowed: boolean): string | null {
  if (isPrivateAllowed) return null;
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (host === "localhost" || host.endsWith(".localhost")) return `${host} is the origin itself`;
  if (!ipaddr.isValid(host)) return null;
  const range = ipaddr.process(host).range();
  return range === "unicast" ? null : `${host} is no public address (${range})`;
}
