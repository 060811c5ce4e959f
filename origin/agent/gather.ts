import { programmePath } from "../../contracts/names.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe } from "../../kit/log.ts";
import type { Stations } from "../station/stations.ts";
import { readOwnIndex } from "../uploader/published.ts";
import { type ClockReading, clockOffset } from "./clock-check.ts";
import { probeDescriptors } from "./probes/descriptors.ts";
import { probeDisk } from "./probes/disk.ts";
import { probeMemory } from "./probes/memory.ts";
import { probeRtmp } from "./probes/rtmp.ts";
import { probeSource } from "./probes/source.ts";
import type { DeepFacts, NodeFacts } from "./trouble.ts";

/** While all is well, the node's resources are looked at this often; in trouble, each time. */
const RESOURCES_EVERY_MS = 10_000;

export type GatherOptions = {
  originId: string;
  dataFolder: string;
  edgeUrl: string;
  token(): string | null;
  rtmp: { host: string; port: number };
  stations: Pick<Stations, "all">;
  clockOffsetMs(): number | null;
  askEdgeForTime(): Promise<ClockReading | null>;
  clock: Clock;
};

/** Collects what the ladder judges by; each probe has a time limit of its own, and none rejects. */
export function createGatherer(options: GatherOptions) {
  const { stations, clock } = options;
  let resources: Pick<NodeFacts, "disk" | "memory" | "descriptors" | "rtmpAccepts"> | null = null;
  let lookedAt = 0;

  async function lookAtResources() {
    const [disk, memory, descriptors, rtmpAccepts] = await Promise.all([
      probeDisk(options.dataFolder),
      probeMemory(),
      probeDescriptors(),
      probeRtmp(options.rtmp.host, options.rtmp.port),
    ]);
    lookedAt = clock.monotonic();
    return { disk, memory, descriptors, rtmpAccepts };
  }

  async function askOthers(): Promise<DeepFacts> {
    const all = stations.all().map(({ desired }) => desired);
    const remote = all.filter(({ studio }) => studio !== null && studio.origin !== options.originId);
    const [edge, source, reading] = await Promise.all([
      Promise.all(all.map(async ({ slug }) => [slug, await canReadOwnIndex(slug)] as const)),
      Promise.all(
        remote.map(async ({ slug, renditions, studio }) => {
          const path = programmePath(slug, renditions[0] ?? "", renditions);
          return [slug, await probeSource(`${studio?.url}${path}.flv`)] as const;
        }),
      ),
      options.askEdgeForTime(),
    ]);
    return {
      edge: new Map(edge),
      source: new Map(source),
      clockOffsetMs: reading === null ? null : clockOffset(reading),
    };
  }

  function canReadOwnIndex(station: string): Promise<string | null> {
    return readOwnIndex({ edgeUrl: options.edgeUrl, station, token: options.token }).then(
      () => null,
      (thrown: unknown) => `the edge cannot be read: ${describe(thrown)}`,
    );
  }

  return async (look: { resources: boolean; deep: boolean }): Promise<NodeFacts> => {
    const isDue = look.resources || clock.monotonic() - lookedAt >= RESOURCES_EVERY_MS;
    if (resources === null || isDue) resources = await lookAtResources();
    const deep = look.deep ? await askOthers() : null;
    return {
      ...resources,
      deep,
      stations: stations.all().map((station) => station.facts()),
      clockOffsetMs: options.clockOffsetMs(),
    };
  };
}
