import type { OriginId } from "../../contracts/names.ts";
import type { Heard } from "../health/hearing.ts";
import { POWERS } from "../health/states.ts";
import type { Origin, Registry, Station } from "../registry/registry.ts";
import type { Fault } from "./fault.ts";

/** What the rules look at: the fleet as control knows it now. */
export type AlertView = {
  registry: Pick<Registry, "stations" | "origins" | "slicers">;
  heard: readonly Heard[];
  alive: ReadonlySet<OriginId>;
  /** False while control has not had the time to hear everybody: then nobody is judged. */
  judging: boolean;
  /** The parts of control's own work that fail now. */
  failing: readonly string[];
};

const CLOCK_OFF_MS = 1000;

/** What is wrong now. Where one fault explains others, only it is named: all origins gone is one fault. */
export function standingFaults(view: AlertView): Fault[] {
  const ofOrigins = view.registry.origins.flatMap((origin) => faultsOfOrigin(view, origin));
  return [...faultsOfStations(view), ...ofOrigins, ...faultsOfControl(view)];
}

function faultsOfStations(view: AlertView): Fault[] {
  const { stations, origins } = view.registry;
  if (stations.length === 0 || origins.length === 0) return [];
  const serving = origins.filter(({ id, state }) => view.alive.has(id) && POWERS[state].routed !== "never");
  if (serving.length === 0) return [everywhere("fleet-silent", "No origin serves any station")];
  return stations.flatMap((station) => faultsOfStation(view, station, serving));
}

function faultsOfStation({ registry, heard }: AlertView, { slug, studio }: Station, serving: Origin[]): Fault[] {
  const here = (kind: Fault["kind"], what: string): Fault => ({ kind, station: slug, origin: null, what });
  const slices = new Set(registry.slicers.filter(({ station }) => station === slug).map(({ origin }) => origin));
  const [first, second] = serving.filter(({ id }) => slices.has(id));
  if (!first) return [here("station-silent", "No origin makes segments")];

  const faults: Fault[] = [];
  if (!second && registry.origins.filter(({ roles }) => roles.includes("slicer")).length > 1) {
    faults.push(here("station-unprotected", `Only ${first.id} makes segments`));
  }
  if (!serving.some(({ id }) => id === studio)) faults.push(here("studio-missing", "No origin makes the programme"));
  const said = heard.find(({ origin }) => origin === studio)?.stations.find((report) => report.slug === slug);
  if (said?.source === "slate") faults.push(here("slate-on-air", "The slate is on air: there is nothing else to play"));
  return faults;
}

function faultsOfOrigin({ heard, alive }: AlertView, { id, state }: Origin): Fault[] {
  const here = (kind: Fault["kind"], what: string): Fault[] => [{ kind, station: null, origin: id, what }];
  if (state === "failed") return here("origin-failed", "The origin could not be brought back");
  if (state === "evicted" || state === "reprovisioning") return here("origin-out", `The origin is still ${state}`);
  const offMs = heard.find(({ origin }) => origin === id)?.clockOffMs ?? 0;
  if (!alive.has(id) || Math.abs(offMs) <= CLOCK_OFF_MS) return [];
  return here("clock-off", `Its clock is ${(Math.abs(offMs) / 1000).toFixed(1)} s ${offMs > 0 ? "fast" : "slow"}`);
}

function faultsOfControl({ failing }: AlertView): Fault[] {
  return failing.length === 0 ? [] : [everywhere("control-failing", `Control fails at ${failing.join(", ")}`)];
}

function everywhere(kind: Fault["kind"], what: string): Fault {
  return { kind, station: null, origin: null, what };
}
