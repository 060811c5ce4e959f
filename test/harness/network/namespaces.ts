import { bridgeOf, type Namespace, namespaceOf } from "./addresses.ts";
import { command } from "./command.ts";
import { queueFor, rulesInside, rulesOutside, rulesWhileEnding } from "./fault-rules.ts";
import { removeAbandoned, removeBridge } from "./leftovers.ts";
import { type Network, type NetworkFault, type StackPorts, withFaults } from "./network.ts";

/** Each origin in a network namespace of its own, behind a bridge on which the Workers are reached. */

const DEVICE = "eth0";
const EVERY_ADDRESS = "0.0.0.0";

/** What a machine must be able to do. */
const REHEARSAL: readonly NetworkFault[] = [
  { kind: "cut" },
  { kind: "refuse" },
  { kind: "slow", bytesPerSecond: 2000 },
  { kind: "lose", share: 0.3 },
  { kind: "none" },
];

/**
 * Makes the network and tries every fault once; throws CommandError where the machine does not allow it. What earlier
 * runs have left behind is removed.
 */
export async function openNamespaces(ports: StackPorts, origins: readonly string[]): Promise<Network> {
  const bridge = bridgeOf(ports.edge);
  const namespaces = origins.map((origin, index) => namespaceOf(ports.edge, origin, index));
  const find = (origin: string) => {
    const found = namespaces.find((one) => one.origin === origin);
    if (!found) throw new Error(`there is no ${origin}`);
    return found;
  };
  const close = () => removeBridge(bridge.name);
  try {
    await removeAbandoned();
    await removeBridge(bridge.name);
    await build(ports, namespaces);
    for (const fault of namespaces[0] ? REHEARSAL : []) await spoil(namespaces[0] as Namespace, fault, bridge.prefix);
  } catch (thrown) {
    // Where nothing can be made nothing can be removed either: why it failed is what counts.
    await close().catch(() => {});
    throw thrown;
  }
  const places = namespaces.map((one, index) => [
    one.origin,
    {
      through: ["nsenter", into(one.name)],
      environment: {
        HOST: EVERY_ADDRESS,
        CONTROL_URL: `http://${bridge.address}:${ports.control}`,
        EDGE_URL: `http://${bridge.address}:${ports.edge}`,
        PUBLIC_URL: `http://${one.address}:${ports.http + index}`,
        RTMP_URL: `rtmp://${one.address}:${ports.rtmp + index}`,
      },
    },
  ]);
  return withFaults({
    kind: "each origin in a network namespace of its own",
    settings: {
      LISTEN_HOST: EVERY_ADDRESS,
      PUBLIC_HOST: bridge.address,
      ORIGIN_PLACES: JSON.stringify(Object.fromEntries(places)),
    },
    link: (origin) => {
      const { address } = find(origin);
      const index = namespaces.indexOf(find(origin));
      return {
        httpUrl: `http://${address}:${ports.http + index}`,
        rtmp: { host: address, port: ports.rtmp + index },
      };
    },
    spoil: async (origin, fault) => spoil(find(origin), fault, bridge.prefix),
    close,
  });
}

async function build(ports: StackPorts, namespaces: readonly Namespace[]): Promise<void> {
  const { name, address, mac } = bridgeOf(ports.edge);
  // Single packets, so that a share of them is a share of the bytes: without it up to 64 kB pass as one.
  const single = "gso_max_segs 1 up";
  // Neighbours are replaced: a connection to a network of the same addresses before may be asking for them already.
  const outside = namespaces.flatMap((one) => [
    `netns add ${one.name}`,
    `link add ${one.name} type veth peer name ${DEVICE} address ${one.mac} netns ${one.name}`,
    `link set ${one.name} master ${name} ${single}`,
    `neigh replace ${one.address} lladdr ${one.mac} nud permanent dev ${name}`,
  ]);
  await ip(
    [],
    [
      `link add ${name} address ${mac} type bridge`,
      `link set ${name} alias ${process.pid}`,
      `addr add ${address}/24 dev ${name}`,
      `link set ${name} ${single}`,
      ...outside,
    ],
  );
  const everybody = [{ address, mac }, ...namespaces];
  for (const one of namespaces) {
    const others = everybody.filter((other) => other.address !== one.address);
    await ip(
      ["-n", one.name],
      [
        "link set lo up",
        `addr add ${one.address}/24 dev ${DEVICE}`,
        `link set ${DEVICE} ${single}`,
        ...others.map((other) => `neigh replace ${other.address} lladdr ${other.mac} nud permanent dev ${DEVICE}`),
      ],
    );
  }
}

async function spoil({ name }: Namespace, fault: NetworkFault, prefix: string): Promise<void> {
  const queue = (device: string) => ["qdisc", "replace", "dev", device, "root", ...queueFor(fault).split(" ")];
  const within = (words: readonly string[], input?: string) => command("nsenter", [into(name), ...words], input);
  await command("nft", ["-f", "-"], rulesOutside(fault, name));
  // A node that is refused itself would end a connection without a word to the other side: both must hear of it.
  if (fault.kind === "refuse") {
    await within(["nft", "-f", "-"], rulesWhileEnding());
    await within(["ss", "-K", "-t", "dst", `${prefix}.0/24`]);
  }
  await Promise.all([
    command("tc", queue(name)),
    command("tc", ["-n", name, ...queue(DEVICE)]),
    within(["nft", "-f", "-"], rulesInside(fault, DEVICE)),
  ]);
}

/** The option of nsenter(1), which, unlike `ip netns exec`, leaves /sys as it is. */
function into(namespace: string): string {
  return `--net=/run/netns/${namespace}`;
}

function ip(options: readonly string[], lines: readonly string[]): Promise<string> {
  return command("ip", [...options, "-batch", "-"], `${lines.join("\n")}\n`);
}
