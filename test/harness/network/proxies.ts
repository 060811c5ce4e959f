import { type FaultProxy, type LinkFault, startFaultProxy } from "../fault-proxy.ts";
import { type Network, type NetworkFault, type StackPorts, withFaults } from "./network.ts";

/**
 * All on the loopback, with TCP proxies: in front of each origin, and in front of the Workers for each origin. What an
 * origin asks of another one meets only the other's faults.
 */

/** A connection that loses packets stands still until they are sent again: so long, were all of them lost. */
const STANDSTILL_MS = 5000;

const LOCAL = "127.0.0.1";

type Proxies = { edge: FaultProxy; control: FaultProxy; http: FaultProxy; rtmp: FaultProxy };

export async function openProxies(ports: StackPorts, origins: readonly string[]): Promise<Network> {
  const made = await Promise.all(
    origins.map(async (origin, index) => [origin, await proxiesFor(ports, index)] as const),
  );
  const byOrigin = new Map(made);
  const places = made.map(([origin, { edge, control, http, rtmp }]) => [
    origin,
    {
      environment: {
        CONTROL_URL: `http://${LOCAL}:${control.port}`,
        EDGE_URL: `http://${LOCAL}:${edge.port}`,
        PUBLIC_URL: `http://${LOCAL}:${http.port}`,
        RTMP_URL: `rtmp://${LOCAL}:${rtmp.port}`,
      },
    },
  ]);
  const find = (origin: string) => {
    const found = byOrigin.get(origin);
    if (!found) throw new Error(`there is no ${origin}`);
    return found;
  };
  return withFaults({
    kind: "TCP proxies before and behind each origin",
    settings: { ORIGIN_PLACES: JSON.stringify(Object.fromEntries(places)) },
    link: (origin) => ({
      httpUrl: `http://${LOCAL}:${ports.http + origins.indexOf(origin)}`,
      rtmp: { host: LOCAL, port: find(origin).rtmp.port },
    }),
    spoil: async (origin, fault) => {
      for (const proxy of Object.values(find(origin))) proxy.set(asLinkFault(fault));
    },
    close: async () => {
      await Promise.all(made.flatMap(([, proxies]) => Object.values(proxies)).map((proxy) => proxy.close()));
    },
  });
}

async function proxiesFor(ports: StackPorts, index: number): Promise<Proxies> {
  const [edge, control, http, rtmp] = await Promise.all([
    startFaultProxy({ port: ports.edge }),
    startFaultProxy({ port: ports.control }),
    startFaultProxy({ port: ports.http + index }),
    startFaultProxy({ port: ports.rtmp + index }),
  ]);
  return { edge, control, http, rtmp };
}

function asLinkFault(fault: NetworkFault): LinkFault {
  if (fault.kind === "cut") return { kind: "hang" };
  if (fault.kind === "lose") return { kind: "bursts", everyMs: Math.max(1, Math.round(fault.share * STANDSTILL_MS)) };
  return fault;
}
