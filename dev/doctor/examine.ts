import { RELEASE, WIRE } from "../../contracts/version.ts";
import { checkControl } from "./check-control.ts";
import { checkEdge } from "./check-edge.ts";
import { checkOrigins } from "./check-origins.ts";
import { checkRouting } from "./check-routing.ts";
import { checkStation } from "./check-station.ts";
import { checkVersions } from "./check-versions.ts";
import { type Finding, ok } from "./finding.ts";
import { type ControlFacts, type Credentials, gatherControl } from "./gather-control.ts";
import { type EdgeFacts, gatherEdge } from "./gather-edge.ts";
import { gatherOrigins, type OriginFacts } from "./gather-origins.ts";
import { gatherStation, type StationFacts, stationsAtEdge } from "./gather-station.ts";

/** All that was seen of a deployment from outside. `origins` is null when control would not say which there are. */
export type Facts = {
  edge: EdgeFacts;
  control: ControlFacts;
  stations: StationFacts[];
  /** Stations that there are beside these, and that were not looked at. */
  unseen: number;
  origins: OriginFacts[] | null;
  /** The files of `migrations/` here. */
  migrations: string[];
};

export type Deployment = { edge: string; control: string; credentials: Credentials; stations: string[] };

const MAX_STATIONS = 200;
const STATIONS_AT_ONCE = 8;

/** Looks at a deployment, in some ten seconds for each eight stations. Never rejects for what it finds. */
export async function gather(deployment: Deployment, migrations: string[]): Promise<Facts> {
  const [edge, control] = await Promise.all([
    gatherEdge(deployment.edge),
    gatherControl(deployment.control, deployment.credentials),
  ]);
  const known = control.stations?.map(({ slug }) => slug) ?? (await stationsAtEdge(deployment.edge));
  const asked = deployment.stations.length > 0 ? deployment.stations : known;
  const wanted = asked.slice(0, MAX_STATIONS);
  const stations: StationFacts[] = [];
  for (let first = 0; (edge.self.ok || edge.self.status !== null) && first < wanted.length; first += STATIONS_AT_ONCE) {
    const some = wanted.slice(first, first + STATIONS_AT_ONCE);
    stations.push(...(await Promise.all(some.map((slug) => gatherStation(deployment.edge, slug)))));
  }
  const origins = control.origins && (await gatherOrigins(control.origins));
  return { edge, control, stations, unseen: asked.length - wanted.length, origins, migrations };
}

/** What the facts say, in the order in which a listener depends on it. */
export function judge({ edge, control, stations, unseen, origins, migrations }: Facts): Finding[] {
  const edgePart = edge.self.ok ? edge.self.value : null;
  const controlPart = control.self.ok ? control.self.value : null;
  const registered = (slug: string) => control.stations?.find((station) => station.slug === slug) ?? null;
  const inspected = new Set(stations.map(({ slug }) => slug));
  return [
    ...checkEdge(edge),
    ...stations.flatMap((facts) => checkStation(facts, registered(facts.slug), new URL(edge.url).host)),
    ...(unseen > 0 ? [ok("stations", `${unseen} more stations were not looked at: name them with --station.`)] : []),
    ...checkControl(control, migrations, edge.url),
    ...checkRouting(control.routing, edge.self, control.stations?.filter(({ slug }) => inspected.has(slug)) ?? null),
    ...(origins ? checkOrigins(origins, controlPart?.wire, edge.web.isLocal) : []),
    ...checkVersions(edgePart, controlPart, { release: RELEASE, wire: WIRE }),
  ];
}
