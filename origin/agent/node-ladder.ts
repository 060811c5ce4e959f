import type { Log } from "../../kit/log.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { HttpServer } from "../http/server.ts";
import type { Ingest } from "../ingest/server.ts";
import type { Stations } from "../station/stations.ts";
import type { Agent } from "./agent.ts";
import { createGatherer, type GatherOptions } from "./gather.ts";
import type { IncidentQueue } from "./incident-queue.ts";
import { type Ladder, startLadder } from "./ladder-watch.ts";
import { repairDisk } from "./probes/disk.ts";
import { repairMemory } from "./probes/memory.ts";

/** Sets the ladder up against the parts of this node. */
export function startNodeLadder(
  options: Omit<GatherOptions, "rtmp" | "clockOffsetMs"> & {
    host: string;
    stations: Stations;
    ingest: Pick<Ingest, "port" | "reopen">;
    http(): Pick<HttpServer, "closeIdle">;
    agent: Pick<Agent, "beatNow" | "clockOffsetMs">;
    incidents: IncidentQueue;
    end(code: ExitCode): void;
    log: Log;
  },
): Ladder {
  const { stations, ingest, agent, incidents, clock, log } = options;
  return startLadder({
    gather: createGatherer({
      ...options,
      rtmp: { host: options.host, port: ingest.port },
      clockOffsetMs: () => agent.clockOffsetMs(),
    }),
    async restart(part, station) {
      if (part === "ingest") await ingest.reopen();
      else await stations.get(station ?? "")?.restart(part);
    },
    async repair(resource) {
      if (resource === "disk") await repairDisk(options.dataFolder);
      if (resource === "memory") repairMemory();
      if (resource === "descriptors") options.http().closeIdle();
    },
    end: options.end,
    onRung: () => agent.beatNow(),
    incidents,
    clock,
    log,
  });
}
