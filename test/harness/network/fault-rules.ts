import type { NetworkFault } from "./network.ts";

/**
 * A fault as rules for nftables. They drop where packets come in, on either side, for a sender is told of what is
 * dropped where it goes out. IPv4 only: ARP is settled beforehand, and must not give a cut away by "no route".
 */

/** In front of the namespace, for what comes out of it. */
export function rulesOutside(fault: NetworkFault, device: string): string {
  return replaceTable(`netdev ${device}`, dropping(fault, device));
}

/** In the namespace, for what goes into it, and for connections that are to be reset. */
export function rulesInside(fault: NetworkFault, device: string): string {
  const chains = fault.kind === "refuse" ? onlyResets("reject with tcp reset") : "";
  return replaceTable("netdev fault", dropping(fault, device)) + replaceTable("inet fault", chains);
}

/** In the namespace, while the connections that stand are ended: no other word of it is to get out. */
export function rulesWhileEnding(): string {
  return replaceTable("inet fault", onlyResets("drop"));
}

/** Takes away what {@link rulesOutside} has put in place. */
export function noRulesOutside(device: string): string {
  return `add table netdev ${device}\ndelete table netdev ${device}\n`;
}

function dropping(fault: NetworkFault, device: string): string {
  const chain = (rule: string) =>
    `chain arriving { type filter hook ingress device "${device}" priority 0; meta protocol ip ${rule}; }`;
  if (fault.kind === "cut") return chain("drop");
  if (fault.kind === "lose") return chain(`numgen random mod 1000 < ${Math.round(fault.share * 1000)} drop`);
  return "";
}

function onlyResets(verdict: string): string {
  return `
    chain arriving { type filter hook input priority 0; iifname "lo" accept; meta l4proto tcp ${verdict}; }
    chain leaving {
      type filter hook output priority 0; oifname "lo" accept; tcp flags & rst == rst accept;
      meta l4proto tcp ${verdict};
    }`;
}

function replaceTable(name: string, chains: string): string {
  return `add table ${name}\ndelete table ${name}\ntable ${name} { ${chains}\n}\n`;
}

/** The queue that a fault puts at a device, as arguments of `tc qdisc replace`. */
export function queueFor(fault: NetworkFault): string {
  if (fault.kind !== "slow") return "noqueue";
  const bytes = Math.round(fault.bytesPerSecond);
  // A packet must fit into the bucket, and TCP's first ten packets (RFC 6928) into the queue.
  const burst = Math.max(1600, Math.round(bytes / 100));
  const limit = Math.max(16_000, Math.round(bytes / 2));
  return `tbf rate ${bytes}bps burst ${burst} limit ${limit}`;
}
