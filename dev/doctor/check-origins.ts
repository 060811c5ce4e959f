import type { OriginState } from "../../contracts/fleet.ts";
import { WIRE, wireFit } from "../../contracts/version.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";
import { isLocalHost } from "./gather-edge.ts";
import type { OriginFacts } from "./gather-origins.ts";

const SILENT_MS = 10_000;
const CLOCK_OFF_MS = 1000;

const OUT: ReadonlySet<OriginState> = new Set(["evicted", "reprovisioning", "failed"]);
const PASSING: ReadonlySet<OriginState> = new Set(["registering", "trial", "suspect", "draining"]);

/** Each origin by what control has heard of it and by what can be reached from here. */
export function checkOrigins(
  origins: readonly OriginFacts[],
  controlWire: number = WIRE,
  isEdgeLocal = false,
): Finding[] {
  if (origins.length === 0) {
    const toDo = "Start one with an enrolment token: the docker run line of the README.";
    return [fault("origins", "No origin has ever registered: nothing can be on air.", toDo, "fleet-silent")];
  }
  return origins.flatMap((facts) => {
    const findings = [...checkWork(facts), ...checkAddresses(facts, isEdgeLocal), ...checkWire(facts, controlWire)];
    const { id, version } = facts.registered;
    return findings.length > 0 ? findings : [ok(id, `${id} (${version}) is at work, and can be reached.`)];
  });
}

function checkWork({ registered }: OriginFacts): Finding[] {
  const { id, state, held, heard } = registered;
  if (OUT.has(state)) {
    const why = held ? ", by hand" : "";
    const toDo = `Read why: GET /api/v1/incidents?origin=${id}. Then POST /api/v1/origins/${id}/readmit.`;
    return [
      fault(id, `${id} is out of service: ${state}${why}.`, toDo, state === "failed" ? "origin-failed" : "origin-out"),
    ];
  }
  if (heard === null || heard.silentMs > SILENT_MS) {
    const says = heard ? `${id} has been silent for ${Math.round(heard.silentMs / 1000)} s.` : `${id} was never heard.`;
    return [fault(id, says, "See whether it runs, and whether it reaches control.", "origin-out")];
  }
  const findings: Finding[] = [];
  if (PASSING.has(state)) {
    const toDo = "Look again in some minutes; its incidents say why.";
    findings.push(warning(id, `${id} is not fully at work: ${state}.`, toDo, "origin-out"));
  }
  if (heard.rung !== null && heard.rung !== "well") {
    const says = `${id} is repairing itself (${heard.rung}): ${heard.rungDetail ?? "it does not say what"}.`;
    findings.push(
      warning(id, says, "Look at the machine: disk, memory, network. docs/ladder.md says what it tries.", "origin-out"),
    );
  }
  if (heard.clockOffMs !== null && Math.abs(heard.clockOffMs) > CLOCK_OFF_MS) {
    const says = `The clock of ${id} is ${(heard.clockOffMs / 1000).toFixed(1)} s off.`;
    findings.push(warning(id, says, "Switch time synchronisation on, on that machine.", "clock-off"));
  }
  return findings;
}

function checkAddresses({ registered, rtmp, http }: OriginFacts, isEdgeLocal: boolean): Finding[] {
  const { id, url, rtmpUrl } = registered;
  if (!isEdgeLocal && isLocalHost(new URL(url).hostname)) {
    const says = `${id} says that it is at ${url}, where nobody else reaches it.`;
    return [
      warning(id, says, "Start it with PUBLIC_URL, the address that the world has for it.", "origin-unreachable"),
    ];
  }
  const findings: Finding[] = [];
  if (rtmp !== null) {
    const says = `RTMP of ${id} at ${rtmpUrl} cannot be reached from here: ${rtmp}. Hosts cannot go live there.`;
    findings.push(
      warning(id, says, "Open the port in the firewall, and publish it (docker run -p).", "origin-unreachable"),
    );
  }
  if (http !== null) {
    const says = `HTTP of ${id} at ${url} cannot be reached from here: ${http}. The edge needs it when R2 fails.`;
    findings.push(
      warning(id, says, "Open the port in the firewall, and publish it (docker run -p).", "origin-unreachable"),
    );
  }
  return findings;
}

function checkWire({ registered }: OriginFacts, controlWire: number): Finding[] {
  const { id, version, wire } = registered;
  if (wire === undefined || wire === controlWire) return [];
  const fit = wireFit(wire, controlWire);
  const says = `${id} is of release ${version}, wire ${wire}, and control speaks wire ${controlWire}`;
  if (fit === "fits")
    return [warning(id, `${says}: they understand one another.`, "Upgrade the fleet when it suits.", "versions-apart")];
  return [
    fault(
      id,
      `${says}: too far apart.`,
      fit === "too_old" ? "Upgrade this origin." : "Deploy the newer control.",
      "versions-apart",
    ),
  ];
}
